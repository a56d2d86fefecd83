"""The search finds the smallest failing case, within its budget."""

import numpy as np

from checker.drawing import draw
from checker.shrink import smallest
from tests.checker.toy import OPERATOR


def _search(fails, budget=200):
    known = {case.key: fails(case) for case in draw(OPERATOR.cases, 1, 25)}
    return smallest(OPERATOR.cases, seed=1, count=25, known=known, fails=fails, budget=budget)


def test_fields_shrink_to_what_the_failure_needs():
    """Only what matters stays above its least value."""
    case = _search(lambda case: case.options["scale"] >= 3 and case.arrays["x"].size >= 2)

    assert case is not None
    assert case.options["scale"] == 3
    assert case.arrays["x"].shape == (2,)


def test_nothing_fails():
    """Without a failing case there is none to show."""
    assert _search(lambda case: False) is None


def test_budget_counts_new_cases():
    """No more new cases are asked than the budget allows, and the result still fails."""
    asked = []

    def fails(case):
        asked.append(case.key)
        return bool(np.sum(case.arrays["x"]) > 3)

    known = {case.key: fails(case) for case in draw(OPERATOR.cases, 1, 25)}
    asked.clear()
    case = smallest(OPERATOR.cases, seed=1, count=25, known=known, fails=fails, budget=5)

    assert len(asked) <= 5
    assert case is not None
    assert np.sum(case.arrays["x"]) > 3
