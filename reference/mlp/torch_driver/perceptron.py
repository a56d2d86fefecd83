"""How the MLP is called."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from .values import ParametersError, array, copy, forward, gradients_of, numbers, use_before


def _taken(shapes: list[tuple[int, ...]], wanted: list[tuple[int, ...]], used: set[int]) -> int:
    """The place of the one parameter with one of these shapes."""
    fitting = [k for k, shape in enumerate(shapes) if k not in used and shape in wanted]
    if not fitting:
        raise ParametersError(f"no parameter has the shape {wanted[0]}; there are: {shapes}")
    used.add(fitting[0])
    return fitting[0]


def mlp(mlp_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """MLP: parameters, output and the gradients of all parameters."""
    depth = len(case.n_hidden) + 1
    weights, biases = ([getattr(case, f"{kind}{k}") for k in range(depth)] for kind in ("weight", "bias"))
    widths = [case.x.shape[1], *case.n_hidden, case.dy.shape[1]]
    hidden = list(case.n_hidden)
    network = mlp_pytorch.MLP(widths[0], hidden, widths[-1], case.neg_slope)
    yield "n_hidden", float(hidden == list(case.n_hidden))
    yield "parameters", numbers(network)
    # Dropout and the like would be random.
    network.double().eval()
    parameters = list(network.parameters())
    shapes = [tuple(parameter.shape) for parameter in parameters]
    used: set[int] = set()
    places = [_taken(shapes, [(o, i), (i, o)], used) for i, o in pairwise(widths)]
    bias_places = [_taken(shapes, [(o,), (1, o), (o, 1)], used) for o in widths[1:]]
    # Torch's layers have the weight (out, in).
    turned = [shapes[at] == (o, i) for at, (i, o) in zip(places, pairwise(widths), strict=True)]
    for k in range(depth):
        copy(parameters[places[k]], np.ascontiguousarray(weights[k].T) if turned[k] else weights[k])
        copy(parameters[bias_places[k]], biases[k])
    use_before(case, network)
    y = forward(network, torch.from_numpy(case.x))
    yield "y", array(y)
    yield "logits", array(y)
    parameters = list(network.parameters())
    ordered = [parameters[at] for at in (*places, *bias_places)]
    gradients = gradients_of(y, ordered, case.dy)
    for k in range(depth):
        yield f"weight.grad[{k}]", gradients[k].T if turned[k] else gradients[k]
    for k in range(depth):
        yield f"bias.grad[{k}]", gradients[depth + k].reshape(-1)
