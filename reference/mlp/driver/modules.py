"""How the NumPy modules and the network made of them are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise, product
from typing import Any

import numpy as np

from .layers import LayersError, fill, gradient, linear_modules, transposed


def _each(*parts: Callable[[], tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """What each part gives, whether or not another one fails; the first failure at the end."""
    failure = None
    for part in parts:
        try:
            given = part()
        except Exception as error:
            failure = failure or error
        else:
            yield given
    if failure is not None:
        raise failure


def _use_before(case: Any, *modules: Any) -> None:
    """Run modules on a smaller batch and on one of the same size: nothing of those may be left in the answers."""
    if case.used_before:
        others = ((2 * case.x[:1], 2 * case.dy[:1]), (1 - case.x, -case.dy))
        for module, (x, dy) in product(modules, others):
            # An exception is not judged here: the calls that follow will raise it again.
            with suppress(Exception):
                module.forward(x)
                module.backward(dy)


def initial(modules: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """LinearModule as made: how its weights are distributed, and what should be zero."""
    layer = modules.LinearModule(case.inputs, case.outputs)
    transposed(layer, case.inputs, case.outputs)
    weights = np.sort(np.ravel(layer.params["weight"]).astype(float))
    yield "weight", np.searchsorted(weights, case.thresholds, side="right") / weights.size
    bias = layer.params["bias"]
    shapes = ((case.outputs,), (1, case.outputs), (case.outputs, 1))
    yield "bias", np.reshape(bias, -1) if np.shape(bias) in shapes else bias
    yield from _each(
        lambda: ("grad[0]", gradient(layer, "weight", case.inputs, case.outputs)),
        lambda: ("grad[1]", gradient(layer, "bias", case.inputs, case.outputs)),
    )


def linear(modules: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """LinearModule, forward and backward; another one is used in between."""
    sizes = case.weight.shape
    layer = modules.LinearModule(*sizes)
    if case.used_before:
        # As after an update: the parameters of the first forward are not those of the next.
        fill(layer, 1 - 2 * case.weight, 1 - 2 * case.bias)
        _use_before(case, layer)
    fill(layer, case.weight, case.bias)
    # And again with its parameters: no use may change them.
    _use_before(case, layer)
    if case.used_before:
        other = modules.LinearModule(*sizes)
    yield "y", layer.forward(case.x)
    if case.used_before:
        _use_before(case, other)
    yield "x.grad", layer.backward(case.dy)
    yield from _each(
        lambda: ("weight.grad", gradient(layer, "weight", *sizes)),
        lambda: ("bias.grad", gradient(layer, "bias", *sizes)),
    )


def _activation(case: Any, make: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
    module, other = make(), make()
    _use_before(case, module)
    yield "y", module.forward(case.x)
    _use_before(case, other)
    yield "x.grad", module.backward(case.dy)


def leaky_relu(modules: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """LeakyReLUModule, forward and backward."""
    yield from _activation(case, lambda: modules.LeakyReLUModule(case.neg_slope))


def softmax(modules: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """SoftMaxModule, as the hand-out spells it, or SoftmaxModule, as its text does."""
    other_name = getattr(modules, "SoftmaxModule", None)
    yield from _activation(case, lambda: getattr(modules, "SoftMaxModule", other_name or modules.SoftMaxModule)())


def cross_entropy(modules: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """CrossEntropyModule, with a fresh one for backward."""
    module = modules.CrossEntropyModule()
    if case.used_before:
        with suppress(Exception):
            module.forward(case.x[:1] / 2, case.t[:1].copy())
    yield from _each(
        lambda: ("y", module.forward(case.x, case.t)),
        lambda: ("x.grad", modules.CrossEntropyModule().backward(case.x, case.t)),
    )


def _chain(network: Any, widths: list[int]) -> list[Any]:
    """The linear modules of a network from input to output, told by their shapes."""
    found = linear_modules(network)
    shapes = [np.shape(layer.params["weight"]) for layer in found]
    chain = []
    for inputs, outputs in pairwise(widths):
        fitting = [k for k, shape in enumerate(shapes) if sorted(shape) == sorted((inputs, outputs))]
        if len(fitting) != 1:
            raise LayersError(
                f"MLP({widths[0]}, {widths[1:-1]}, {widths[-1]}) should hold one linear module from {inputs} to "
                f"{outputs}, but its weights have the shapes {shapes}"
            )
        chain.append(found[fitting[0]])
    return chain


def mlp(modules: Any, mlp_numpy: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """MLP, forward and backward; another one is used in between."""
    depth = len(case.n_hidden) + 1
    weights, biases = ([getattr(case, f"{kind}{k}") for k in range(depth)] for kind in ("weight", "bias"))
    widths = [case.x.shape[1], *case.n_hidden, case.dy.shape[1]]
    hidden = list(case.n_hidden)
    network = mlp_numpy.MLP(widths[0], hidden, widths[-1], case.neg_slope)
    yield "n_hidden", float(hidden == list(case.n_hidden))
    layers = _chain(network, widths)
    for layer, weight, bias in zip(layers, weights, biases, strict=True):
        fill(layer, weight, bias)
    other = mlp_numpy.MLP(widths[0], list(case.n_hidden), widths[-1], case.neg_slope)
    _use_before(case, network)
    yield "y", network.forward(case.x)
    _use_before(case, other)
    network.backward(case.dy)
    yield from _each(
        *[
            lambda k=k, kind=kind: (f"{kind}.grad[{k}]", gradient(layers[k], kind, *weights[k].shape))
            for kind in ("weight", "bias")
            for k in range(depth)
        ]
    )
