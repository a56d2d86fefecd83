"""The linear modules of a network, wherever it keeps them, and their values in any layout."""

from __future__ import annotations

import types
from typing import Any

import numpy as np


class GradientShapeError(Exception):
    """A gradient has another shape than its parameter."""


class LayersError(Exception):
    """A network does not hold the linear modules that it should."""


def _write(layer: Any, name: str, values: Any) -> None:
    """Fill a parameter in place, as the student may hold it under other names, too."""
    own = layer.params[name]
    if isinstance(own, np.ndarray) and own.dtype.kind == "f":
        own[...] = values.reshape(own.shape)
    else:
        layer.params[name] = values


def transposed(layer: Any, inputs: int, outputs: int) -> bool:
    """Whether the weight is (out, in)."""
    shape = np.shape(layer.params["weight"])
    if shape not in ((inputs, outputs), (outputs, inputs)):
        raise LayersError(
            f"params['weight'] has shape {shape} in a linear module of {inputs} inputs and {outputs} outputs"
        )
    if inputs == outputs:
        # A square weight does not tell; another module of the same class does.
        return transposed(type(layer)(inputs, inputs + 1), inputs, inputs + 1)
    return bool(shape != (inputs, outputs))


def fill(layer: Any, weight: Any, bias: Any) -> None:
    """Write a weight (in, out) and a bias (out,) into a linear module, whatever its layout."""
    _write(layer, "weight", weight.T if transposed(layer, *weight.shape) else weight)
    shape = np.shape(layer.params["bias"])
    if shape not in ((bias.size,), (1, bias.size), (bias.size, 1)):
        raise LayersError(f"params['bias'] has shape {shape} in a linear module of {bias.size} outputs")
    _write(layer, "bias", bias)


def gradient(layer: Any, name: str, inputs: int, outputs: int) -> Any:
    """A gradient in the layout (in, out) or (out,)."""
    value, own = layer.grads[name], np.shape(layer.params[name])
    if not isinstance(value, np.ndarray | np.generic):
        return value
    if np.shape(value) != own:
        raise GradientShapeError(f"grads['{name}'] has shape {np.shape(value)}, but params['{name}'] has {own}")
    if name == "bias":
        return np.reshape(value, -1)
    return value.T if transposed(layer, inputs, outputs) else value


def _is_linear(value: Any) -> bool:
    held = [getattr(value, name, None) for name in ("params", "grads")]
    return all(isinstance(part, dict) and {"weight", "bias"} <= part.keys() for part in held)


def linear_modules(network: Any) -> list[Any]:
    """Every object with params and grads of weight and bias that can be reached from a network, each of them once."""
    found, seen, waiting = [], set(), [network]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, type | types.ModuleType | np.ndarray | np.generic | str | bytes):
            continue
        seen.add(id(value))
        if value is not network and _is_linear(value):
            found.append(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple | set | frozenset):
            waiting += value
        else:
            waiting += getattr(value, "__dict__", {}).values()
            names = [name for kind in type(value).__mro__ for name in np.atleast_1d(getattr(kind, "__slots__", []))]
            waiting += [getattr(value, str(name)) for name in names if hasattr(value, str(name))]
    return found
