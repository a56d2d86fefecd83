"""Two-layer net: y = relu(x W1 + b1) W2 + b2, its gradients, and how its parameters start.

Conventions: x (N, D), weight1 (D, H), bias1 (H,), weight2 (H, C), bias2 (C,), y and dy (N, C); D, H and C differ,
so that a parameter is known by its shape. ``parameters`` counts those of the four that can be written through
``parameters()``. Where rounding could carry a hidden sum across 0, the error covers both sides. Weights start as
N(0, weight_scale), biases as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log, pi, sqrt

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import FLOAT32, TINY, K
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.running_error import Rounded, affine, column_sum, given, product

PARAMETERS = ("weight1", "bias1", "weight2", "bias2")


def forward(
    x: torch.Tensor, weight1: torch.Tensor, bias1: torch.Tensor, weight2: torch.Tensor, bias2: torch.Tensor
) -> torch.Tensor:
    """Two linear layers with a ReLU between them."""
    return torch.relu(x @ weight1 + bias1) @ weight2 + bias2


_net = autograd(forward, PARAMETERS)


def reference(case: Case) -> Outputs:
    """Scores and gradients; all four parameters are live."""
    return {"parameters": np.asarray(4.0)} | _net(case)


def hidden_sums(case: Case, u: float) -> Rounded:
    """x W1 + b1."""
    x, weight, bias = (given(case.arrays[name]) for name in ("x", "weight1", "bias1"))
    return affine(x, weight, bias, u)


def relu(sums: Rounded) -> tuple[Rounded, Array, Array]:
    """The hidden units, which of them are active, and which may be or not: those at 0, or where rounding decides."""
    unsure = np.asarray(np.abs(sums.value) <= K * sums.error)
    active = np.asarray(sums.value > 0)
    return Rounded(np.where(active, sums.value, 0.0), np.where(active | unsure, sums.error, 0.0)), active, unsure


def through(
    case: Case, upstream: Rounded, hidden: Rounded, active: Array, unsure: Array, u: float
) -> dict[str, Rounded]:
    """The gradients of the four parameters."""
    back = product(upstream, given(case.arrays["weight2"]).T, u)
    down = Rounded(np.where(active, back.value, 0.0), np.where(unsure, back.most, np.where(active, back.error, 0.0)))
    return {
        "weight1.grad": product(given(case.arrays["x"]).T, down, u),
        "bias1.grad": column_sum(down, u),
        "weight2.grad": product(hidden.T, upstream, u),
        "bias2.grad": column_sum(upstream, u),
    }


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Errors carried through both layers."""
    hidden, active, unsure = relu(hidden_sums(case, u))
    y = affine(hidden, given(case.arrays["weight2"]), given(case.arrays["bias2"]), u)
    gradients = through(case, given(case.arrays["dy"]), hidden, active, unsure, u)
    return {"parameters": np.zeros(()), "y": y.error} | {name: found.error for name, found in gradients.items()}


def derive(case: Case, outputs: Mapping[str, Array]) -> tuple[Outputs, Outputs]:
    """The right answer for the parameters that the net really had, where those of the case could not be written."""
    found = {name: outputs[name] for name in PARAMETERS if name in outputs}
    same = all(name in found and np.array_equal(found[name], case.arrays[name]) for name in PARAMETERS)
    if same or not _fit(case, found):
        return {}, {}
    real = case.with_arrays(**{name: array.astype(np.float64) for name, array in found.items()})
    expected = reference(real)
    return expected, {name: K * error + TINY for name, error in bound(real, expected, FLOAT32).items()}


def _fit(case: Case, found: Mapping[str, Array]) -> bool:
    if len(found) < len(PARAMETERS) or found["bias1"].ndim != 1:
        return False
    d, h, c = case.arrays["x"].shape[1], found["bias1"].size, case.arrays["dy"].shape[1]
    shapes = {"weight1": (d, h), "bias1": (h,), "weight2": (h, c), "bias2": (c,)}
    return all(found[name].shape == shape and np.isfinite(found[name]).all() for name, shape in shapes.items())


def net_arrays(values: Palette, d: int, h: int, c: int) -> dict[str, Array]:
    """Parameters of a net."""
    shapes = {"weight1": (d, h), "bias1": (h,), "weight2": (h, c), "bias2": (c,)}
    return {name: values(name, *shape) for name, shape in shapes.items()}


def _case(values: Palette, n: int, d: int, h: int, c: int, used_before: bool = False, note: str = "") -> Case:
    arrays = {"x": values("x", n, d), **net_arrays(values, d, h, c), "dy": values.upstream("dy", n, c)}
    return Case(arrays, protocol={"used_before": used_before}, note=note)


@st.composite
def two_layer_cases(draw: DrawFn) -> Case:
    """D, H and C from 2 to about 7, all different; N from 1 to 5."""
    h, c, d, n = draw(sizes((2, 6), (2, 5), (2, 5), (1, 5)))
    return _case(draw(palettes("small", "normal", "zeros")), n, d, h, c, draw(st.booleans()))


EXAMPLES = (
    _case(Palette("normal", 1), 1, 3, 4, 2, note="a single sample"),
    _case(Palette("normal", 2), 6, 3, 5, 4, note="more hidden units than inputs"),
    _case(Palette("normal", 3), 3, 6, 2, 5, note="fewer hidden units than classes"),
    _case(Palette("normal", 4), 4, 5, 3, 2, used_before=True, note="the net has seen another batch in between"),
    _case(Palette(seed=5), 3, 4, 5, 2, note="zero upstream gradient").with_arrays(dy=np.zeros((3, 2))),
)


def _parts(case: Case) -> tuple[Array, Array, Array]:
    """Hidden sums, the mask of the ReLU, and the gradient of the hidden units' outputs."""
    a = case.arrays
    sums = a["x"] @ a["weight1"] + a["bias1"]
    return sums, sums > 0, np.asarray(a["dy"] @ a["weight2"].T)


def _first_layer(down: Callable[[Case], Array]) -> Reference:
    """Gradients of the first layer from a wrong gradient of its sums."""

    def mistake(case: Case) -> Outputs:
        wrong = down(case)
        return {"weight1.grad": np.asarray(case.arrays["x"].T @ wrong), "bias1.grad": np.asarray(wrong.sum(0))}

    return mistake


def _without(name: str) -> Reference:
    """Scores with a bias left out."""

    def mistake(case: Case) -> Outputs:
        return {"y": reference(case.with_arrays(**{name: np.zeros_like(case.arrays[name])}))["y"]}

    return mistake


def _linear(case: Case) -> Outputs:
    sums = _parts(case)[0]
    return {"y": np.asarray(sums @ case.arrays["weight2"] + case.arrays["bias2"])}


def _live(count: int) -> Reference:
    return lambda case: {"parameters": np.asarray(float(count))}


MISTAKES: dict[str, Reference] = {
    "parameters() returns copies: what an optimiser writes into them does not reach the net": lambda case: {
        "parameters": np.zeros(())
    },
    **{
        f"{some} not of the shape asked for, or copied, so that an optimiser cannot write into what the net uses": (
            _live(left)
        )
        for some, left in (
            ("one of the parameters is", 3),
            ("two of the parameters are", 2),
            ("three of the parameters are", 1),
        )
    },
    "the ReLU between the layers is missing": _linear,
    "a ReLU is applied to the scores, too": lambda case: {"y": np.maximum(reference(case)["y"], 0)},
    "the bias of the first layer is left out": _without("bias1"),
    "the bias of the second layer is left out": _without("bias2"),
    "the gradient does not go back through the ReLU": _first_layer(lambda case: _parts(case)[2]),
    "the gradient is masked by its own sign instead of by the hidden sums": _first_layer(
        lambda case: np.maximum(_parts(case)[2], 0)
    ),
    "the gradient of the second weight is taken with the hidden sums before the ReLU": lambda case: {
        "weight2.grad": np.asarray(_parts(case)[0].T @ case.arrays["dy"])
    },
}

two_layer_net = Operator(
    "TwoLayerNet",
    two_layer_cases(),
    reference,
    bound,
    examples=EXAMPLES,
    mistakes=MISTAKES,
    derive=derive,
)

MEANS = ("weight_scale[mean of 0]", "weight_scale[mean of 1]")
"""The means of the weights in units of their deviations: what is asked for is normal *around 0*."""

FALSE_ALARM = 1e-12
"""Probability that a right draw of weights is rejected."""


def deviation_error(count: int) -> float:
    """Relative error that the sample deviation of ``count`` normal numbers stays within, but for FALSE_ALARM.

    From the tail bound of chi-square by Laurent and Massart (2000, lemma 1): with probability 1 - exp(-t) on either
    side, the sample variance is within 1 - 2a and 1 + 2a + 2a^2 of the true one, a = sqrt(t / count).
    """
    a = sqrt(log(2 / FALSE_ALARM) / count)
    return a + a * a


def _start_reference(case: Case) -> Outputs:
    scale = np.asarray(case.options["weight_scale"], dtype=np.float64)
    hidden = np.asarray(case.options["hidden_dim"], dtype=np.float64)
    zero = np.zeros(())
    means = dict.fromkeys(MEANS, zero)
    scales = {"weight_scale[0]": scale, "weight_scale[1]": scale}
    return {"hidden_dim": hidden, **scales, **means, "bias[0]": zero, "bias[1]": zero}


def _start_bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Statistical for the weights, whatever the precision; the rest is exact."""
    d, c, h = (case.options[name] for name in ("input_dim", "num_classes", "hidden_dim"))
    assert isinstance(d, int) and isinstance(c, int) and isinstance(h, int)
    zero = np.zeros(())
    errors = [np.asarray(expected["weight_scale[0]"] * deviation_error(count) / K) for count in (d * h, h * c)]
    # The mean of n normal numbers is normal itself, its deviation smaller by the root of n.
    means = [
        np.asarray(sqrt(2 * log(2 / FALSE_ALARM) / count) * (1 + deviation_error(count)) / K)
        for count in (d * h, h * c)
    ]
    return {
        "hidden_dim": zero,
        "weight_scale[0]": errors[0],
        "weight_scale[1]": errors[1],
        **dict(zip(MEANS, means, strict=True)),
        "bias[0]": zero,
        "bias[1]": zero,
    }


def _start(d: int, c: int, h: int, scale: float, note: str = "") -> Case:
    return Case({}, {"input_dim": d, "num_classes": c, "hidden_dim": h, "weight_scale": scale}, note=note)


@st.composite
def start_cases(draw: DrawFn) -> Case:
    """Sizes that give each weight at least 1800 entries, and scales from 1/1024 to 2."""
    d, c, h = draw(st.sampled_from(((45, 50, 40), (40, 45, 60), (70, 60, 50))))
    return _start(d, c, h, draw(st.sampled_from((0.25, 2.0, 0.0625, 2.0**-10))))


def _weights(deviation: Callable[[float], float], mean: float = 0.0) -> Reference:
    """Weights of another deviation, and with this mean in units of it."""

    def mistake(case: Case) -> Outputs:
        scale = case.options["weight_scale"]
        assert isinstance(scale, float)
        means = {name: np.asarray(mean) for name in MEANS}
        return means | {f"weight_scale[{i}]": np.asarray(deviation(scale)) for i in range(2)}

    return mistake


START_MISTAKES: dict[str, Reference] = {
    "hidden_dim is ignored: there are always 512 hidden units": lambda case: {"hidden_dim": np.asarray(512.0)},
    "weight_scale is ignored: the weights always have the deviation 0.001": _weights(lambda scale: 1e-3),
    "weight_scale is ignored: the weights always have the deviation 1": _weights(lambda scale: 1.0),
    "weight_scale is taken for the variance instead of the standard deviation": _weights(sqrt),
    "the weights are uniform between 0 and weight_scale instead of normal": _weights(
        lambda scale: scale / sqrt(12), mean=sqrt(3)
    ),
    "the mean of the weights is weight_scale instead of 0": _weights(lambda scale: scale, mean=1.0),
    "the weights are all positive": _weights(lambda scale: scale * sqrt(1 - 2 / pi), mean=1 / sqrt(pi / 2 - 1)),
    "the weights are uniform between -weight_scale and weight_scale instead of normal": _weights(
        lambda scale: scale / sqrt(3)
    ),
}

two_layer_start = Operator(
    "TwoLayerNet.__init__",
    start_cases(),
    _start_reference,
    _start_bound,
    examples=(
        _start(60, 50, 40, 0.5, "fewer hidden units than inputs and classes"),
        _start(3, 2000, 1000, 1e-3, "the default scale"),
    ),
    mistakes=START_MISTAKES,
    upstream=(),
)
