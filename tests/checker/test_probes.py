"""Probes name faults that any operator can have, from the failing case alone."""

from __future__ import annotations

import numpy as np
import pytest

from checker import probes
from checker.compare import Mismatch
from checker.exam import Question
from checker.operator import Case
from checker.sandbox.answer import Value

SIMPLEST = Case({"x": np.zeros(1)}, {"stride": 1})


@pytest.mark.parametrize(
    ("protocol", "words"),
    [
        ("used_before", "used before"),
        ("another_between", "another object"),
        ("gradients_reused", "reuses its arrays"),
    ],
)
def test_a_protocol_that_the_smallest_case_keeps_is_named(protocol: str, words: str) -> None:
    """The way of calling says more than the settings do."""
    case = Case({"x": np.zeros(1)}, {"stride": 2}, {"used_before": False, protocol: True})

    assert words in (probes.needs(case, SIMPLEST) or "")


def test_without_a_protocol_the_settings_are_named() -> None:
    """A protocol that is off is not mentioned."""
    case = Case({"x": np.zeros(1)}, {"stride": 2}, {"another_between": False})

    assert probes.needs(case, SIMPLEST) == "no smaller case was found to fail: it takes stride=2"


@pytest.mark.parametrize(("output", "words"), [("x.grad", "[p:-p]"), ("y", "output size")])
def test_an_empty_gradient_is_a_slice_that_took_nothing(output: str, words: str) -> None:
    """Cropping by a padding of 0 is told from an output of another size."""
    value = Value("ndarray", np.zeros((1, 1, 0, 0)), "float64", (1, 1, 0, 0))
    ones = {output: np.ones((1, 1, 1, 1))}
    question = Question(SIMPLEST, ones, ones)

    assert words in (probes.form(Mismatch(output, "shape", "", value), question) or "")
