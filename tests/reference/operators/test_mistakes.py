"""Every known mistake must be seen far above the allowed error, and told from every other one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from checker.bounds import FLOAT32, TINY, K
from checker.operator import Array, Outputs, aspect_of
from tests.reference.operators.sample import DRAWN_BY_CHANCE, OPERATORS, cases

ALL = {**OPERATORS, **DRAWN_BY_CHANCE}
MISTAKES = [(name, mistake) for name, operator in ALL.items() for mistake in operator.mistakes]
IDS = [f"{name}-{mistake}" for name, mistake in MISTAKES]
# Mistakes of these may be alike in one aspect (a report then names both) as long as another one tells them apart.
TOLD_BY_ANOTHER_ASPECT = {"f3", "training_step", "sgd"}
# The problem has one network and three points, so that some mistakes are the same there.
ALIKE = {("piecewise_linear", "W"), ("piecewise_linear", "b")}


def _differ(first: Array, second: Array, allowed: Array) -> bool:
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) <= allowed
    return not bool((near | (first == second) | (np.isnan(first) & np.isnan(second))).all())


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=IDS)
def test_mistake_is_far_outside_the_allowed_error(name: str, mistake: str) -> None:
    """On its best case, each aspect that a mistake lists must be ten times as far off as what is allowed."""
    operator = ALL[name]
    # Ten times a bound of probability would be more than the whole range of a share.
    times = 1 if name in DRAWN_BY_CHANCE else 10
    listed: set[str] = set()
    seen: set[str] = set()
    for case in cases(name):
        expected = operator.reference(case)
        bound = operator.bound(case, expected, FLOAT32)
        for output, wrong in operator.mistakes[mistake](case).items():
            assert np.shape(wrong) == expected[output].shape, "a mistake predicts values, the shape gate sees shapes"
            listed.add(aspect_of(output))
            if _differ(wrong, expected[output], times * K * bound[output] + TINY):
                seen.add(aspect_of(output))

    assert listed == seen != set()


@pytest.mark.parametrize("name", ALL)
def test_no_two_mistakes_predict_the_same(name: str) -> None:
    """Two mistakes that change the same aspect must differ there on some case, so that either can be named."""
    operator = ALL[name]
    apart: dict[tuple[str, str, str], bool] = {}
    for case in cases(name):
        expected = operator.reference(case)
        bound = operator.bound(case, expected, FLOAT32)
        predicted: dict[str, Outputs] = {mistake: predict(case) for mistake, predict in operator.mistakes.items()}
        for one, other in combinations(predicted, 2):
            together = name in TOLD_BY_ANOTHER_ASPECT
            outputs = expected.keys() if together else predicted[one].keys() & predicted[other].keys()
            for output in outputs:
                first, second = (predicted[mistake].get(output, expected[output]) for mistake in (one, other))
                key = (one, other, "" if together else aspect_of(output))
                apart[key] = apart.get(key, False) or _differ(first, second, K * bound[output] + TINY)

    assert [key for key, differ in apart.items() if not differ and (name, key[2]) not in ALIKE] == []


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=IDS)
def test_a_mistake_reads_like_the_end_of_a_sentence(name: str, mistake: str) -> None:
    """The name must fit behind "likely:": lower case, a number or a letter of a formula first, no full stop."""
    assert mistake[0].islower() or mistake[0].isdigit() or mistake.startswith("W ")
    assert not mistake.endswith(".")
