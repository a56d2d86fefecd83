"""The operators of f4 are those that its output hangs on, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.assignment import HandedIn
from reference.backprop.own_graph import least_operators, operators

BACKWARD = "    grad_a = 2 * a * b + 1 - 3 * a / 7\n"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("    c = a * b\n    d = c + a\n" + BACKWARD + "    return d, (grad_a,)\n", 2),
        ("    return math.exp(a * b) - a, (1,)\n", 3),
        ("    c = a\n    c *= b\n    c += 1\n    return [c, [b]]\n", 2),
        ("    c, d = a * b, -a\n    return c - d, (b,)\n", 3),
        ("    return float(-1 * a), (b,)\n", 1),
        ("    if (c := a / b) > 1:\n        return c, (1, 1)\n    return a, (1, 0)\n", 1),
        ("    c = a if a > b else b * b\n    return c, (1,)\n", 3),
        ("    for _ in range(3):\n        a = a * b\n    return a, (1,)\n", 1),
        ("    out = None\n    return out, None\n", 0),
    ],
)
def test_operators_of_the_output_are_counted(body: str, count: int) -> None:
    """Neither the way back nor conversions and signs of constants count."""
    assert operators(f"import math\n\ndef f4(a, b):\n{body}", "f4") == count


@pytest.mark.parametrize("text", ["def f5(): pass\n", "def f4(:\n", "f4 = 3\n"])
def test_what_is_not_there_is_not_counted(text: str) -> None:
    """A missing function or a syntax error is reported elsewhere."""
    assert operators(text, "f4") is None


def _findings(text: str) -> list[str]:
    handed_in = HandedIn(Path(), Path(), (), {"functions.py": text}, (), {})
    return [found.message for found in least_operators("f4", 5, "f4.grads")(handed_in)]


def test_a_small_graph_is_noted_and_a_stub_is_not() -> None:
    """The note says how many were found; optional work that was not started is no finding."""
    assert _findings("def f4():\n    out = None\n    return out, None\n") == []
    assert _findings("def f4(a):\n    return a * a + a * a * a - 1, (1,)\n") == []
    (message,) = _findings("def f4(a):\n    return a * a, (2 * a,)\n")
    assert "by 1" in message
