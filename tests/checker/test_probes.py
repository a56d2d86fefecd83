"""Probes name faults that any operator can have, from the failing case alone."""

from __future__ import annotations

import numpy as np
import pytest

from checker import probes
from checker.compare import Mismatch
from checker.exam import Question
from checker.operator import Case, Option
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


WINDOW = {"kernel": (2, 2), "stride": 1, "padding": 1}


@pytest.mark.parametrize(
    ("output", "options", "got", "words"),
    [
        pytest.param("x.grad", WINDOW, (1, 1, 0, 0), "[p:-p]", id="an empty gradient is a slice that took nothing"),
        pytest.param("y", WINDOW, (1, 1, 2, 2), "output size", id="fewer windows"),
        pytest.param("y", {**WINDOW, "padding": 0}, (1, 1, 2, 2), "computed differently", id="not a count of windows"),
        pytest.param("x.grad", WINDOW, (1, 1, 5, 5), "padding is still", id="a gradient that was not cropped"),
        pytest.param("x.grad", WINDOW, (1, 1, 2, 2), "the gradient of", id="a gradient that ends with the windows"),
    ],
)
def test_another_height_or_width_is_explained(
    output: str, options: dict[str, Option], got: tuple[int, ...], words: str
) -> None:
    """The formula for the number of windows is told only where it is what is asked for."""
    value = Value("ndarray", np.zeros(got), "float64", got)
    expected = {output: np.ones((1, 1, 3, 3))}
    question = Question(Case({"x": np.zeros((1, 1, 2, 2))}, options), expected, expected)

    assert words in (probes.form(Mismatch(output, "shape", "", value), question) or "")


def test_answers_that_change_places_are_recognised() -> None:
    """What has another aspect's value was returned in another order."""
    bias, weight = np.array([3.0]), np.array([[2.0, 5.0]])
    expected = {"weight.grad": weight, "bias.grad": bias}
    question = Question(SIMPLEST, expected, {name: 1e-6 * np.abs(array) for name, array in expected.items()})
    value = Value("ndarray", bias, "float64", (1,))

    assert "bias.grad" in (probes.form(Mismatch("weight.grad", "shape", "", value), question) or "")
