"""The scalar graphs of functions.py."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np


def _numbers(gradients: Any) -> Any:
    """Gradients as a list; arrays and, for a single input, a bare number are as good as a tuple."""
    if isinstance(gradients, np.ndarray) and gradients.ndim == 1:
        return list(gradients)
    if isinstance(gradients, (float, int, np.number)) or (isinstance(gradients, np.ndarray) and gradients.ndim == 0):
        return [gradients]
    return gradients


def _parts(returned: Any) -> tuple[Any, Any]:
    """Output and gradients."""
    if returned is None:
        return None, None
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise TypeError(f"asked for two values, the output and the gradients; got {type(returned).__name__}")
    return returned[0], _numbers(returned[1])


def f1(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f1: a squared error."""
    names = ("x1", "w1", "x2", "w2", "b", "y")
    value, gradients = _parts(functions.f1(*(float(getattr(case, name)) for name in names)))
    yield "L", value
    yield tuple(f"{name}.grad" for name in names), gradients


def f2(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f2: tanh."""
    value, gradients = _parts(functions.f2(float(case.x)))
    yield "y", value
    yield ("x.grad",), gradients


def f3(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f3: the softmax loss of two classes."""
    value, gradients = _parts(functions.f3(float(case.s1), float(case.s2), int(case.label)))
    yield "L", value
    yield ("s1.grad", "s2.grad"), gradients


STEPS = tuple(2.0**-k for k in range(5, 15))


def _inputs(function: Callable[..., Any]) -> tuple[int, list[Any]]:
    """How many inputs a function needs, and the defaults of those beyond."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
        raise TypeError("the inputs of f4 have to be written one by one, as in def f4(a, b)")
    defaults = [p.default for p in parameters if p.default is not p.empty]
    return len(parameters) - len(defaults), defaults


def _places(case: Any, count: int) -> Iterator[list[float]]:
    """The numbers of the case in turned order; where there are more inputs than numbers, moved a little."""
    for turn in range(case.x.size):
        turned = np.roll(case.x, -turn)
        yield [float(turned[i % turned.size]) + (i // turned.size) / 512 for i in range(count)]


def _value(function: Callable[..., Any], place: Sequence[float]) -> float:
    """The function's output, nan where it has none."""
    with np.errstate(all="ignore"):
        try:
            return float(_parts(function(*place))[0])
        except (ArithmeticError, ValueError, TypeError):
            return float("nan")


def _table(function: Callable[..., Any], place: Sequence[float], i: int) -> list[tuple[float, float, float]]:
    """Rows (h, f(x + h), f(x - h)) for input i."""

    def moved(h: float) -> float:
        return _value(function, [*place[:i], place[i] + h, *place[i + 1 :]])

    return [(h, moved(h), moved(-h)) for h in STEPS]


def f4(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f4: the student's own function, with its values around one place, from which its slopes can be told."""
    function = functions.f4
    needed, defaults = _inputs(function)
    places = list(_places(case, needed or len(defaults)))
    place = next((place for place in places if np.isfinite(_value(function, place))), places[0])
    value, gradients = _parts(function(*place))
    if value is not None and not place:
        raise TypeError("f4 has no inputs: a graph needs some")
    if needed and isinstance(gradients, (tuple, list)) and len(gradients) == needed + len(defaults):
        place = [*place, *defaults]
    if value is not None:
        yield "values", np.array([_table(function, place, i) for i in range(len(place))])
    yield tuple(f"grad[{i}]" for i in range(max(len(place), 1))), gradients
