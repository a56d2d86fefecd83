"""Slopes told from values: right gradients are inside the allowed error, gradients 1 % off are not."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from checker.drawing import draw
from checker.operator import Array, Case, Outputs
from reference.backprop import driver
from reference.operators.numeric_gradient import derive, own_graph

Graph = Callable[..., tuple[object, tuple[object, ...]]]

CASES = (*own_graph.examples, *draw(own_graph.cases, 0, 40))


def smooth(a: float, b: float, c: float) -> tuple[float, tuple[float, ...]]:
    e = math.exp(a * b + c / a)
    return e, (e * (b - c / a**2), e * a, e / a)


def steep(a: float) -> tuple[float, tuple[float, ...]]:
    return math.exp(40 * a), (40 * math.exp(40 * a),)


def wavy(a: float, b: float) -> tuple[float, tuple[float, ...]]:
    return math.sin(60 * a) * b, (60 * math.cos(60 * a) * b, math.sin(60 * a))


def small_slope_on_large_value(a: float, b: float) -> tuple[float, tuple[float, ...]]:
    return 1e6 + a * b, (b, a)


def cancelling(a: float, b: float) -> tuple[float, tuple[float, ...]]:
    return (a + 1e4) ** 2 - 1e8 - 2e4 * a + b, (2 * (a + 1e4) - 2e4, 1.0)


def rectified(a: float, b: float) -> tuple[float, tuple[float, ...]]:
    return max(a - b, 0.0) * a, ((2 * a - b, -a) if a > b else (0.0, 0.0))


def bounded_domain(a: float, b: float) -> tuple[float, tuple[float, ...]]:
    root = math.sqrt(a - b)
    return math.log(root), (0.5 / (a - b), -0.5 / (a - b))


def constant_in_one(a: float, b: float) -> tuple[float, tuple[float, ...]]:
    return a * a + 0 * b, (2 * a, 1e-17)


def single_precision(a: float, b: float) -> tuple[object, tuple[object, ...]]:
    x, y = np.float32(a), np.float32(b)
    e = np.exp(-x * y)
    return e * x, (e - x * y * e, -x * x * e)


def tiny(a: float, b: float) -> tuple[float, tuple[float, ...]]:
    return 1e-9 * a / b, (1e-9 / b, -1e-9 * a / b**2)


def many(*numbers: float) -> tuple[float, tuple[float, ...]]:
    total = math.log(math.fsum(number**2 for number in numbers))
    return total, tuple(2 * number / math.exp(total) for number in numbers)


def nine(
    a: float, b: float, c: float, d: float, e: float, f: float, g: float, h: float, i: float
) -> tuple[float, tuple[float, ...]]:
    return many(a, b, c, d, e, f, g, h, i)


GRAPHS: tuple[Graph, ...] = (
    smooth,
    steep,
    wavy,
    small_slope_on_large_value,
    cancelling,
    rectified,
    bounded_domain,
    constant_in_one,
    single_precision,
    tiny,
    nine,
)


def answer(graph: Graph, case: Case) -> tuple[Outputs, Outputs, dict[str, Array]]:
    """Expected and allowed as the grader works them out, and what the graph gives."""
    outputs: dict[str, Array] = {}
    for names, value in driver.f4(SimpleNamespace(f4=graph), SimpleNamespace(x=case.arrays["x"].copy())):
        pairs = zip(names, value, strict=True) if isinstance(names, tuple) else [(names, value)]
        outputs |= {name: np.asarray(item, dtype=np.float64) for name, item in pairs}
    expected, allowed = derive(case, outputs)
    return expected, allowed, outputs


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_right_gradient_is_inside_with_room_to_spare(graph: Graph) -> None:
    """Of what is allowed, a right gradient must need at most half."""
    for case in CASES:
        expected, allowed, outputs = answer(graph, case)
        for name, slope in expected.items():
            assert abs(outputs[name] - slope) <= allowed[name] / 2, (name, case.arrays)


@pytest.mark.parametrize("graph", [graph for graph in GRAPHS if graph is not constant_in_one])
def test_a_gradient_one_percent_off_is_outside(graph: Graph) -> None:
    """In some case, for every input, an error of 1 % must be more than is allowed."""
    caught: dict[str, bool] = {}
    for case in CASES:
        expected, allowed, outputs = answer(graph, case)
        for name, slope in expected.items():
            off = abs(1.01 * outputs[name] - slope) > allowed[name]
            caught[name] = caught.get(name, False) or bool(off)

    assert caught
    assert all(caught.values())


def test_an_answer_without_values_derives_nothing() -> None:
    """What stopped early or came back malformed must leave the question as it is."""
    assert derive(CASES[0], {}) == ({}, {})
    assert derive(CASES[0], {"values": np.zeros((2, 2))}) == ({}, {})


def test_where_nothing_is_known_everything_is_allowed() -> None:
    """A function that exists nowhere around a place must not be called wrong there."""
    table = np.full((1, 10, 3), np.nan)
    table[:, :, 0] = driver.STEPS
    expected, allowed = derive(CASES[0], {"values": table})

    assert expected["grad[0]"] == 0
    assert np.isinf(allowed["grad[0]"])
