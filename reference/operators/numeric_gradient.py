"""The gradient of a function that has no counterpart: its slopes, worked out from values of the function itself.

The driver evaluates the function at x and at x +- h for falling step sizes h, and yields ``values`` (inputs, steps,
3) with rows (h, f(x + h), f(x - h)), one table per input. Central differences D(h) have errors in h^2, h^4 ...; two
extrapolations (Richardson) remove the first two, and the scatter of the extrapolated values tells how good they are:
truncation makes it large for large h, rounding for small h, and a kink nearby wherever it is crossed.

Conventions: x (6,) holds numbers between 1/4 and 3/4, where the logarithm, roots and quotients of most functions exist.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import FLOAT32, FLOAT64, TINY, K, exact, gamma
from checker.operator import Array, Case, Operator, Outputs

INPUTS = 6
CELLS = 64
"""Inputs are distinct multiples of 1/256 on a grid of this many points."""

TAIL = 4
"""How many of the smallest steps show the rounding of the function's values."""

ROUNDINGS = 64
"""Roundings granted to a function or its gradient."""

SCATTER = 16.0
"""Allowed error of an extrapolated slope in units of its scatter. Right gradients need less than 2 of them, most of all
those of functions in float32; all that is allowed for a function in float64 is about 2e-5 of its slope."""


def slope(table: Array) -> tuple[float, float]:
    """The slope that a table (steps, 3) of (h, f(x + h), f(x - h)) shows, and the error to be allowed.

    The slope of an input at which nothing can be told is (0, inf).
    """
    h, above, below = table.T
    with np.errstate(all="ignore"):
        plain = (above - below) / (2 * h)
        once = (4 * plain[1:] - plain[:-1]) / 3
        twice = (16 * once[1:] - once[:-1]) / 15
        scatter = np.abs(twice - once[1:]) + np.abs(twice - once[:-1])
    usable = np.isfinite(scatter)
    if not usable.any():
        return 0.0, float("inf")
    best = int(np.argmin(np.where(usable, scatter, np.inf)))
    # Rounding makes the scatter grow like 1 / h: seen at the smallest steps, it says how large it is at the best one,
    # where two values may be close by chance.
    noise = float((scatter * h[2:])[usable][-TAIL:].max() / h[best + 2])
    finite = np.isfinite(above) & np.isfinite(below)
    size = float(np.abs(table[finite, 1:]).max())
    # A difference cannot be better than the rounding of its two values, though its scatter may be 0 by chance.
    rounding = gamma(ROUNDINGS, FLOAT64) * size / float(h[best + 2])
    own = gamma(ROUNDINGS, FLOAT32) * abs(float(twice[best]))
    return float(twice[best]), SCATTER * max(float(scatter[best]), noise) + K * (rounding + own) + TINY


def derive(case: Case, outputs: Mapping[str, Array]) -> tuple[Outputs, Outputs]:
    """The expected gradient ``grad[i]`` and its allowed error, from ``values``."""
    values = outputs.get("values")
    if values is None or values.ndim != 3 or values.shape[1] < 3 or values.shape[2] != 3:
        return {}, {}
    slopes = [slope(table) for table in values]
    return (
        {f"grad[{i}]": np.asarray(expected) for i, (expected, _) in enumerate(slopes)},
        {f"grad[{i}]": np.asarray(allowed) for i, (_, allowed) in enumerate(slopes)},
    )


def _case(cells: list[int], note: str = "") -> Case:
    return Case({"x": (np.array(cells, dtype=np.float64) * 2 + CELLS) / 256}, note=note)


@st.composite
def own_graph_cases(draw: DrawFn) -> Case:
    """Six different numbers."""
    return _case(draw(st.lists(st.integers(0, CELLS - 1), min_size=INPUTS, max_size=INPUTS, unique=True)))


own_graph = Operator(
    "f4",
    own_graph_cases(),
    lambda case: {"grad[0]": np.zeros(())},
    exact,
    examples=(_case([10, 20, 30, 40, 50, 60], "rising inputs"), _case([60, 50, 40, 30, 20, 10], "falling inputs")),
    upstream=(),
    derive=derive,
)
