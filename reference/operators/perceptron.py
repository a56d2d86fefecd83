"""A multi-layer perceptron: Linear and leaky ReLU for every hidden layer, then Linear and softmax.

Conventions: x (N, I), weight<k> (in, out) and bias<k> (out,) of layer k, n_hidden the hidden sizes (none: multinomial
logistic regression). y (N, C) are probabilities, dy is their upstream gradient. No value before an activation is near
its kink, so that rounding cannot choose its side.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators import softmax
from reference.operators.autograd import one_thread, tensor
from reference.operators.faults import batch_size, upstream_ones

SCALE = 0.25
"""Of weights and biases: logits of a few units keep the softmax from saturating."""

STEP = 1 / 8
"""Biases of hidden layers are multiples of this, chosen so that no input of an activation
is nearer to 0 than a quarter of it."""

SLOPES = (0.25, 0.02, 0.0, 0.5, 1.5)

Activation = Callable[[torch.Tensor, float], torch.Tensor]
Layers = list[tuple[torch.Tensor, torch.Tensor]]


def leaky(z: torch.Tensor, slope: float) -> torch.Tensor:
    """The activation."""
    return torch.nn.functional.leaky_relu(z, slope)


def forward(x: torch.Tensor, layers: Layers, slope: float) -> torch.Tensor:
    """The network."""
    return torch.softmax(logits(x, layers, slope), 1)


def logits(x: torch.Tensor, layers: Layers, slope: float, activation: Activation = leaky) -> torch.Tensor:
    """The network up to its softmax."""
    *hidden, (weight, bias) = layers
    for matrix, offset in hidden:
        x = activation(x @ matrix + offset, slope)
    return x @ weight + bias


def _slope(case: Case) -> float:
    slope = case.options["neg_slope"]
    assert isinstance(slope, float)
    return slope


def _hidden(case: Case) -> tuple[int, ...]:
    hidden = case.options["n_hidden"]
    assert isinstance(hidden, tuple)
    return tuple(int(n) for n in hidden)


def _layers(case: Case) -> Layers:
    return [
        (tensor(case.arrays[f"weight{k}"]).requires_grad_(), tensor(case.arrays[f"bias{k}"]).requires_grad_())
        for k in range(len(_hidden(case)) + 1)
    ]


def reference_of(network: Callable[[torch.Tensor, Layers, float], torch.Tensor]) -> Reference:
    """Output, the gradients of all parameters by layer, and that the list of hidden sizes is (1) as it was given."""

    def reference(case: Case) -> Outputs:
        with one_thread():
            layers = _layers(case)
            y = network(tensor(case.arrays["x"]), layers, _slope(case))
            parameters = [parameter for layer in layers for parameter in layer]
            found = torch.autograd.grad(y, parameters, tensor(case.arrays["dy"]), materialize_grads=True)
            gradients = [gradient.numpy().copy() for gradient in found]
        return {
            "n_hidden": np.asarray(1.0),
            "y": y.detach().numpy().copy(),
            **{f"weight.grad[{k}]": gradient for k, gradient in enumerate(gradients[::2])},
            **{f"bias.grad[{k}]": gradient for k, gradient in enumerate(gradients[1::2])},
        }

    return reference


reference = reference_of(forward)


def _clear_bias(rng: np.random.Generator, z: Array) -> Array:
    """For each column a bias that keeps z + bias away from 0."""
    steps = rng.permuted(np.tile(np.arange(-16, 17) * STEP, (z.shape[1], 1)), axis=1)
    nearest = np.abs(z[:, :, None] + steps).min(0)
    return np.asarray(steps[np.arange(z.shape[1]), (nearest >= STEP / 4).argmax(1)])


def _case(
    values: Palette, n: int, i: int, hidden: tuple[int, ...], c: int, slope: float, used: bool = False, note: str = ""
) -> Case:
    x = values("x", n, i)
    arrays = {"x": x, "dy": values.upstream("dy", n, c)}
    for k, (inputs, outputs) in enumerate(pairwise((i, *hidden, c))):
        weight = SCALE * values(f"weight{k}", inputs, outputs)
        last = k == len(hidden)
        z = x @ weight
        bias = SCALE * values(f"bias{k}", outputs) if last else _clear_bias(values.rng(f"bias{k}"), z)
        arrays |= {f"weight{k}": weight, f"bias{k}": bias}
        x = np.where(z + bias > 0, 1.0, slope) * (z + bias)
    return Case(arrays, {"n_hidden": hidden, "neg_slope": slope}, {"used_before": used}, note)


@st.composite
def perceptron_cases(draw: DrawFn) -> Case:
    """Up to three hidden layers; all widths differ, so that every layer can be told by its shape."""
    depth = draw(st.integers(0, 3))
    n, i, c, *hidden = draw(sizes((1, 5), (1, 5), (2, 5), *[(2, 5)] * depth))
    values = draw(palettes("small", "normal"))
    return _case(values, n, i, tuple(hidden), c, draw(st.sampled_from(SLOPES)), draw(st.booleans()))


EXAMPLES = (
    _case(Palette("normal", 1), 4, 3, (), 5, 0.02, note="no hidden layer"),
    _case(Palette(seed=2), 4, 3, (5,), 2, 0.25, note="one hidden layer"),
    _case(Palette("normal", 3), 5, 4, (6, 3), 2, 0.02, note="two hidden layers"),
    _case(Palette("normal", 4), 4, 3, (7, 5, 6), 2, 1.5, note="three hidden layers, a slope above one"),
    _case(Palette("normal", 5), 1, 4, (3,), 5, 0.5, note="a single sample"),
    _case(Palette("normal", 6), 5, 3, (4,), 2, 0.0, note="slope zero"),
    _case(Palette("normal", 7), 3, 5, (4, 6), 2, 0.25, True, "the network has been used before"),
    _case(Palette(seed=8), 3, 4, (5,), 2, 0.5, note="zero upstream gradient").with_arrays(dy=np.zeros((3, 2))),
)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The error is carried along: each step passes on what it was given and adds its own rounding."""
    steep, slope = max(1.0, _slope(case)), _slope(case)
    weights = [case.arrays[f"weight{k}"] for k in range(len(_hidden(case)) + 1)]
    inputs, masks = [(case.arrays["x"], np.zeros_like(case.arrays["x"]))], []
    for k, weight in enumerate(weights):
        h, error = inputs[-1]
        z = h @ weight + case.arrays[f"bias{k}"]
        size = np.abs(h) @ np.abs(weight) + np.abs(case.arrays[f"bias{k}"])
        error = gamma(len(weight) + 1, u) * size + error @ np.abs(weight)
        masks.append(np.where(z > 0, 1.0, slope))
        inputs.append((masks[-1] * z, steep * error + 3 * u * np.abs(masks[-1] * z)))
    y, dy = expected["y"], case.arrays["dy"]
    rho = softmax.relative(z, y, u) + error + (y * error).sum(1, keepdims=True)
    made = {"n_hidden": np.zeros_like(expected["n_hidden"]), "y": rho * y}
    dz, d_error = y * (dy - (y * dy).sum(1, keepdims=True)), softmax.pulled_back(y, dy, rho, u)
    for k in reversed(range(len(weights))):
        h, error = inputs[k]
        n, o = dz.shape
        made[f"weight.grad[{k}]"] = (gamma(n, u) * np.abs(h) + error).T @ np.abs(dz) + np.abs(h).T @ d_error
        made[f"bias.grad[{k}]"] = gamma(n, u) * np.abs(dz).sum(0) + d_error.sum(0)
        if k:
            back = np.abs(weights[k]).T
            d_error = masks[k - 1] * ((gamma(o, u) * np.abs(dz) + d_error) @ back + 3 * u * np.abs(dz) @ back)
            dz = masks[k - 1] * (dz @ weights[k].T)
    return made


def _gradients(case: Case, change: Callable[[str, Array], Array], *kinds: str) -> Outputs:
    return {
        name: change(name, array)
        for name, array in reference(case).items()
        if name.startswith(kinds or ("weight", "bias"))
    }


def _network(network: Callable[[torch.Tensor, Layers, float], torch.Tensor]) -> Reference:
    wrong = reference_of(network)
    return lambda case: {name: array for name, array in wrong(case).items() if name != "n_hidden"}


def _fixed(slope: float) -> Reference:
    return _network(lambda x, layers, _: forward(x, layers, slope))


def _logits_gradient(case: Case) -> Outputs:
    made = reference_of(logits)(case)
    return {name: array for name, array in made.items() if ".grad" in name}


MISTAKES: dict[str, Reference] = {
    "the list of hidden sizes is changed, which belongs to the caller: copy it first": lambda case: {
        "n_hidden": np.asarray(0.0)
    },
    "the slope is 0.01 whatever was asked for": _fixed(0.01),
    "the slope is 0.02 whatever was asked for": _fixed(0.02),
    "the slope is ignored: the activation is a plain ReLU": _fixed(0.0),
    "the softmax is applied twice": _network(lambda x, layers, a: torch.softmax(forward(x, layers, a), 1)),
    "the softmax is missing: logits are returned": lambda case: {"y": reference_of(logits)(case)["y"]},
    "the backward pass leaves out the softmax": _logits_gradient,
    "the activations are missing": _network(
        lambda x, layers, a: torch.softmax(logits(x, layers, a, lambda z, _: z), 1)
    ),
    "the activation is applied before the softmax, too": _network(
        lambda x, layers, a: torch.softmax(leaky(logits(x, layers, a), a), 1)
    ),
    "the backward pass does not reach the first layer": lambda case: _gradients(
        case, lambda name, array: array * (not name.endswith("[0]"))
    ),
    "the bias gradient is the mean over the batch": lambda case: _gradients(
        case, lambda name, array: array / batch_size(case), "bias"
    ),
    "the weight gradient is the mean over the batch": lambda case: _gradients(
        case, lambda name, array: array / batch_size(case), "weight"
    ),
    "the upstream gradient is ignored": lambda case: {
        name: array for name, array in reference(upstream_ones(case)).items() if ".grad" in name
    },
}

perceptron = Operator("MLP", perceptron_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES)
