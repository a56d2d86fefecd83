"""One training step of a classifier: mean softmax loss plus reg / 2 * sum(W^2) over the weight matrices, and gradients.

Conventions: ``model`` is "linear" (x W1 + b1) or "two_layer" (relu(x W1 + b1) W2 + b2); labels (N,) int64. Outputs are
``loss``, ``weight.grad[i]`` and ``bias.grad[i]`` for each layer, and ``parameters[i]``: weights and biases as they are
after the step and after the gradients were overwritten. Cases whose parameters have names other than the homework's are
a group of their own, for notes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators import loss, two_layer_net
from reference.operators.autograd import one_thread, tensor
from reference.operators.running_error import Rounded, affine, column_sum, given, product, total

OTHERS = "with other names"
OVERWRITTEN = 7.0
"""What the driver writes into the gradients before it looks at the parameters once more."""


def _names(case: Case) -> list[str]:
    """The case's parameters in order: weight1, bias1, ..."""
    return [name for name in two_layer_net.PARAMETERS if name in case.arrays]


def _slope(parameter: str) -> str:
    """``weight.grad[0]`` for weight1."""
    return f"{parameter[:-1]}.grad[{int(parameter[-1]) - 1}]"


def _reg(case: Case) -> float:
    reg = case.options["reg"]
    assert isinstance(reg, float)
    return reg


def forward(scores: torch.Tensor, labels: torch.Tensor, weights: list[torch.Tensor], reg: float) -> torch.Tensor:
    """The loss from the scores."""
    penalty = torch.stack([(weight**2).sum() for weight in weights]).sum()
    return torch.nn.functional.cross_entropy(scores, labels) + reg / 2 * penalty


def _plain(case: Case) -> Outputs:
    """Loss and gradients by their own names."""
    with one_thread():
        arrays = {name: tensor(array) for name, array in case.arrays.items()}
        leaves = {name: arrays[name].requires_grad_() for name in _names(case)}
        scores = arrays["x"] @ leaves["weight1"] + leaves["bias1"]
        if "weight2" in leaves:
            scores = torch.relu(scores) @ leaves["weight2"] + leaves["bias2"]
        weights = [leaf for name, leaf in leaves.items() if name.startswith("weight")]
        value = forward(scores, arrays["labels"], weights, _reg(case))
        gradients = torch.autograd.grad(value, list(leaves.values()))
    named = {_slope(name): grad.numpy().copy() for name, grad in zip(leaves, gradients, strict=True)}
    return {"loss": value.detach().numpy().copy()} | named


def _kept(case: Case) -> Outputs:
    return {f"parameters[{i}]": case.arrays[name].copy() for i, name in enumerate(_names(case))}


def reference(case: Case) -> Outputs:
    """The step's outputs, and the parameters as they were."""
    return _plain(case) | _kept(case)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Errors of the scores, carried through the softmax loss and back through the layers, then those of the penalty."""
    sums = scores = two_layer_net.hidden_sums(case, u)
    if "weight2" in case.arrays:
        hidden, active, unsure = two_layer_net.relu(sums)
        scores = affine(hidden, given(case.arrays["weight2"]), given(case.arrays["bias2"]), u)
    softmax = Case({"x": scores.value, "labels": case.arrays["labels"], "dy": np.ones(())}, {"reduction": "mean"})
    right = loss.reference(softmax)
    own = loss.bound(softmax, right, u)
    n = len(scores.value)
    p = n * right["x.grad"] + np.eye(scores.value.shape[1])[case.arrays["labels"]]
    # |dp_i| <= p_i (|ds_i| + sum_j p_j |ds_j|), and a loss moves by at most twice the largest |ds_j|.
    moved = p * (scores.error + (p * scores.error).sum(1, keepdims=True)) / n
    upstream = Rounded(right["x.grad"], own["x.grad"] + moved)
    if "weight2" in case.arrays:
        slopes = two_layer_net.through(case, upstream, hidden, active, unsure, u)
    else:
        x = given(case.arrays["x"])
        slopes = {"weight1.grad": product(x.T, upstream, u), "bias1.grad": column_sum(upstream, u)}
    data = float(own["y"]) + 2 * float(scores.error.max(1).mean())
    penalty, size, reg = 0.0, 0, _reg(case)
    allowed: Outputs = {}
    for name in _names(case):
        slope = slopes[f"{name}.grad"]
        if name.startswith("weight"):
            weight = case.arrays[name]
            pull = Rounded(reg * weight, gamma(3, u) * np.abs(reg * weight))
            slope = total(slope, pull, u)
            penalty += reg / 2 * float((weight**2).sum())
            size += weight.size
        allowed[_slope(name)] = slope.error
    allowed["loss"] = np.asarray(data + gamma(size + 6, u) * penalty + u * (float(right["y"]) + penalty))
    return allowed | {name: np.zeros(array.shape) for name, array in _kept(case).items()}


def _case(
    values: Palette,
    sizes: tuple[int, int, int, int],
    model: str,
    reg: float,
    names: str = "own",
    used_before: bool = False,
    note: str = "",
) -> Case:
    n, d, h, c = sizes
    if model == "two_layer":
        parameters = two_layer_net.net_arrays(values, d, h, c)
    else:
        parameters = {"weight1": values("weight1", d, c), "bias1": values("bias1", c)}
    # Scores stay so small that a softmax which overflows costs nothing here.
    small = {name: array / 8 for name, array in parameters.items()}
    arrays = {"x": values("x", n, d), "labels": values.labels("labels", n, c), **small}
    group = OTHERS if names == "others" else ""
    return Case(arrays, {"model": model, "reg": reg}, {"names": names, "used_before": used_before}, note, group)


@st.composite
def step_cases(draw: DrawFn) -> Case:
    """D, H and C from 2 to about 7, all different; N from 1 to 5."""
    c, d, h, n = draw(sizes((2, 5), (2, 5), (2, 6), (1, 5)))
    model = draw(st.sampled_from(("linear", "two_layer")))
    reg = draw(st.sampled_from((0.5, 0.25, 2.0, 3.0, 0.0)))
    names = draw(st.sampled_from(("own", "own", "own", "others")))
    values = draw(palettes("small", "normal", "zeros"))
    return _case(values, (n, d, h, c), model, reg, names, draw(st.booleans()))


EXAMPLES = (
    _case(Palette("normal", 1), (4, 3, 1, 2), "linear", 0.5, note="a linear classifier"),
    _case(Palette("normal", 2), (4, 5, 3, 2), "two_layer", 0.5, note="a two-layer net"),
    _case(Palette("normal", 3), (3, 2, 5, 4), "two_layer", 0.0, note="no regularisation"),
    _case(Palette("normal", 4), (1, 4, 3, 2), "two_layer", 2.0, note="a batch of one sample"),
    _case(Palette("normal", 5), (5, 3, 4, 2), "two_layer", 0.25, used_before=True, note="the second of two steps"),
    _case(Palette("normal", 6), (4, 3, 5, 2), "two_layer", 0.5, "others", note="parameters with other names"),
    _case(Palette("normal", 7), (4, 3, 1, 2), "linear", 0.5, "others", note="a linear classifier with other names"),
)


def _penalty(case: Case, kind: str) -> Array:
    squares = [float((case.arrays[name] ** 2).sum()) for name in _names(case) if name.startswith(kind)]
    return np.asarray(_reg(case) / 2 * sum(squares))


def _pulls(case: Case, kind: str, last: bool = True, first: bool = True) -> Outputs:
    """reg * parameter, by output."""
    names = [name for name in _names(case) if name.startswith(kind)]
    chosen = names if first and last else names[1:] if last else names[:-1]
    return {_slope(name): _reg(case) * case.arrays[name] for name in chosen}


Change = Callable[[Case, Outputs], Outputs]


def _changed(change: Change) -> Reference:
    """A mistake as a change of the right outputs."""
    return lambda case: change(case, _plain(case))


def _more(factor: float, kind: str, last: bool = True, first: bool = True) -> Change:
    """The gradients with ``factor`` times the regulariser's added."""

    def change(case: Case, right: Outputs) -> Outputs:
        return {name: right[name] + factor * pull for name, pull in _pulls(case, kind, last, first).items()}

    return change


def _loss_more(factor: float, kind: str) -> Change:
    return lambda case, right: {"loss": np.asarray(right["loss"] + factor * _penalty(case, kind))}


def _both(*changes: Change) -> Change:
    def change(case: Case, right: Outputs) -> Outputs:
        made: Outputs = {}
        for one in changes:
            made |= one(case, right)
        return made

    return change


def _less(case: Case) -> float:
    """The part of the regulariser that is lost by a division by the batch size."""
    return 1 / len(case.arrays["x"]) - 1


MISTAKES: dict[str, Reference] = {
    "the gradient of the regulariser, reg * W, is missing": _changed(_more(-1, "weight")),
    "the regulariser is missing from the loss": _changed(_loss_more(-1, "weight")),
    "the biases are regularised, too": _changed(_both(_loss_more(1, "bias"), _more(1, "bias"))),
    "the gradient of the regulariser is twice as large as it is": _changed(_more(1, "weight")),
    "the regulariser lacks its factor 1/2, or is added twice": _changed(_loss_more(1, "weight")),
    "the gradient of the regulariser is half as large as it is": _changed(_more(-0.5, "weight")),
    "only the first weight matrix is regularised": _changed(_more(-1, "weight", first=False)),
    "only the last weight matrix is regularised": _changed(_more(-1, "weight", last=False)),
    "the gradient of the regulariser replaces that of the data": _changed(lambda case, right: _pulls(case, "weight")),
    "the regulariser is divided by the batch size": _changed(
        lambda case, right: _both(_loss_more(_less(case), "weight"), _more(_less(case), "weight"))(case, right)
    ),
    "the loss of the regulariser replaces that of the data": _changed(
        lambda case, right: {"loss": np.asarray(_penalty(case, "weight"))}
    ),
    "the regulariser is subtracted": _changed(_both(_loss_more(-2, "weight"), _more(-2, "weight"))),
    "the gradients lie in the model's own arrays or dict: what is written into them later changes the model": (
        lambda case: {name: np.full_like(array, OVERWRITTEN) for name, array in _kept(case).items()}
    ),
    "the gradient is not divided by the batch size": _changed(
        lambda case, right: {
            name: (right[name] - pull) * len(case.arrays["x"]) + pull
            for name, pull in ({_slope(name): np.zeros(1) for name in _names(case)} | _pulls(case, "weight")).items()
        }
    ),
}

training_step = Operator(
    "training_step",
    step_cases(),
    reference,
    bound,
    examples=EXAMPLES,
    mistakes=MISTAKES,
    upstream=(),
)
