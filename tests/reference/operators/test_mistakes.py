"""Every known mistake must be seen far above the allowed error, and told from every other one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from checker.bounds import FLOAT32, TINY, K
from checker.operator import Array, Outputs, aspect_of
from tests.reference.operators.sample import OPERATORS, cases

MISTAKES = [(name, mistake) for name, operator in OPERATORS.items() for mistake in operator.mistakes]
IDS = [f"{name}-{mistake}" for name, mistake in MISTAKES]


def _differ(first: Array, second: Array, allowed: Array) -> bool:
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) <= allowed
    return not bool((near | (first == second) | (np.isnan(first) & np.isnan(second))).all())


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=IDS)
def test_mistake_is_far_outside_the_allowed_error(name: str, mistake: str) -> None:
    """On its best case, a mistake must be ten times as far off as what is allowed for float32."""
    operator = OPERATORS[name]
    seen = False
    for case in cases(name):
        expected = operator.reference(case)
        bound = operator.bound(case, expected, FLOAT32)
        for output, wrong in operator.mistakes[mistake](case).items():
            assert wrong.shape == expected[output].shape, "a mistake predicts values, the shape gate sees shapes"
            seen = seen or _differ(wrong, expected[output], 10 * K * bound[output] + TINY)

    assert seen


@pytest.mark.parametrize("name", OPERATORS)
def test_every_output_that_a_mistake_lists_is_changed(name: str) -> None:
    """A mistake must not list an aspect that it leaves right on all cases."""
    operator = OPERATORS[name]
    for mistake, predict in operator.mistakes.items():
        listed: set[str] = set()
        changed: set[str] = set()
        for case in cases(name):
            expected = operator.reference(case)
            bound = operator.bound(case, expected, FLOAT32)
            for output, wrong in predict(case).items():
                listed.add(aspect_of(output))
                if _differ(wrong, expected[output], K * bound[output] + TINY):
                    changed.add(aspect_of(output))

        assert listed == changed, mistake


@pytest.mark.parametrize("name", OPERATORS)
def test_no_two_mistakes_predict_the_same(name: str) -> None:
    """Two mistakes that change the same aspect must differ there on some case, so that either can be named."""
    operator = OPERATORS[name]
    apart: dict[tuple[str, str, str], bool] = {}
    for case in cases(name):
        expected = operator.reference(case)
        bound = operator.bound(case, expected, FLOAT32)
        predicted: dict[str, Outputs] = {mistake: predict(case) for mistake, predict in operator.mistakes.items()}
        for one, other in combinations(predicted, 2):
            for output in predicted[one].keys() & predicted[other].keys():
                key = (one, other, aspect_of(output))
                differ = _differ(predicted[one][output], predicted[other][output], K * bound[output] + TINY)
                apart[key] = apart.get(key, False) or differ

    assert [key for key, differ in apart.items() if not differ] == []


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=IDS)
def test_a_mistake_reads_like_the_end_of_a_sentence(name: str, mistake: str) -> None:
    """The name must fit behind "likely:": lower case or a number first, no full stop."""
    assert mistake[0].islower() or mistake[0].isdigit()
    assert not mistake.endswith(".")
