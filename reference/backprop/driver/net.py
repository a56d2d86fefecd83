"""The two-layer net: its start, its parameters under whatever names, its scores and gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from .meanwhile import meanwhile

PARAMETERS = ("weight1", "bias1", "weight2", "bias2")
MEANS = ("weight_scale[mean of 0]", "weight_scale[mean of 1]")


def keys_of(parameters: Any, inputs: int, classes: int) -> list[Any]:
    """The keys of weight1, bias1, weight2 and bias2, told by their shapes, since students name them as they like."""
    if not isinstance(parameters, dict):
        raise TypeError(f"parameters() has to return a dict, and returned {type(parameters).__name__}")
    matrices = [key for key, array in parameters.items() if np.ndim(array) == 2 and not _is_row(array)]
    # Biases with a row axis are told where they cost something: as parameters of another shape than asked for.
    vectors = [key for key, array in parameters.items() if np.ndim(array) == 1 or _is_row(array)]
    if len(matrices) != 2 or len(vectors) != 2 or len(parameters) != 4:
        shapes = ", ".join(f"{key}: {np.shape(array)}" for key, array in parameters.items())
        raise ValueError(f"parameters() has to hold two weight matrices and two bias vectors, and holds {shapes}")
    shape = {key: np.shape(array) for key, array in parameters.items()}
    fitting = [pair for pair in (matrices, matrices[::-1]) if _fit(shape[pair[0]], shape[pair[1]], inputs, classes)]
    first, second = fitting[0] if fitting else matrices
    bias2, bias1 = sorted(vectors, key=lambda key: shape[key][-1] != classes)
    return [first, bias1, second, bias2]


def _is_row(array: Any) -> bool:
    return bool(np.ndim(array) == 2 and len(array) == 1)


def _fit(first: tuple[int, ...], second: tuple[int, ...], inputs: int, classes: int) -> bool:
    return first[0] == inputs and second[1] == classes and first[1] == second[0]


def two_layer_start(two_layer_net: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """TwoLayerNet(D, C, H, scale): what its parameters are like."""
    net = two_layer_net.TwoLayerNet(case.input_dim, case.num_classes, case.hidden_dim, case.weight_scale)
    parameters = net.parameters()
    if parameters is None:
        yield ("hidden_dim", "weight_scale[0]", "weight_scale[1]", *MEANS, "bias[0]", "bias[1]"), (None,) * 7
        return
    weight1, bias1, weight2, bias2 = (
        np.asarray(parameters[key], dtype=np.float64) for key in keys_of(parameters, case.input_dim, case.num_classes)
    )
    yield "hidden_dim", weight1.shape[1]
    yield ("weight_scale[0]", "weight_scale[1]"), (weight1.std(), weight2.std())
    # In units of the deviation, which may be another one than it should.
    yield MEANS, tuple(weight.mean() / (weight.std() or 1.0) for weight in (weight1, weight2))
    yield ("bias[0]", "bias[1]"), (np.abs(bias1).max(), np.abs(bias2).max())


def _write(net: Any, keys: Sequence[Any], values: Sequence[Any]) -> int:
    """Write values into a net as an optimiser does, in place; how many parameters of the net follow that."""
    live = 0
    for key, value in zip(keys, values, strict=True):
        array = net.parameters()[key]
        fitting = value if array.shape == value.shape else np.resize(value, array.shape)
        # First something that no parameter starts from.
        array[...] = 1 + np.abs(fitting)
        # A size that was not asked for is told as a size, not once more here.
        live += np.ndim(array) == np.ndim(value) and np.array_equal(net.parameters()[key], 1 + np.abs(fitting))
        array[...] = fitting
    return live


def entry(gradients: Any, key: Any) -> Any:
    """The gradient of a parameter."""
    if gradients is None:
        return None
    if not isinstance(gradients, dict):
        raise TypeError(
            f"the gradients have to be a dict with the keys of parameters(), not {type(gradients).__name__}"
        )
    if key not in gradients:
        raise KeyError(f"no gradient for the parameter {key!r}; there are: {', '.join(map(str, gradients)) or 'none'}")
    return gradients[key]


def two_layer_net(two_layer_net: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """TwoLayerNet: scores and gradients with parameters written in place, or with those it started from."""
    (inputs, hidden), classes = case.weight1.shape, case.dy.shape[1]
    net = two_layer_net.TwoLayerNet(inputs, classes, hidden, 1.0)
    if net.parameters() is None:
        yield ("parameters", "y", *(f"{name}.grad" for name in PARAMETERS)), (None,) * 6
        return
    keys = keys_of(net.parameters(), inputs, classes)
    values = [getattr(case, name) for name in PARAMETERS]
    if case.used_before:
        # As after an update: what an earlier forward call has kept of the parameters is out of date.
        with suppress(Exception):
            _write(net, keys, [1 - 2 * value for value in values])
            _, cache = net.forward(2 * case.x[:1])
            net.backward(2 * case.dy[:1], cache)
    yield "parameters", _write(net, keys, values)
    # The net's right to compute with what it has is judged apart from whether that could be written.
    yield PARAMETERS, tuple(np.array(net.parameters()[key]) for key in keys)
    if case.used_before:
        # Another net has parameters of its own.
        two_layer_net.TwoLayerNet(inputs, classes, hidden, 1.0)
    y, cache = net.forward(case.x)
    yield "y", y
    meanwhile(case, lambda: net.forward(2 * case.x[:1]))
    gradients = net.backward(case.dy, cache)
    for name, key in zip(PARAMETERS, keys, strict=True):
        yield f"{name}.grad", entry(gradients, key)
