"""Every known mistake of the convnet homework must be seen far above the allowed error, and told from every other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from checker.bounds import FLOAT32, TINY, K
from checker.operator import Array, Case, Outputs, aspect_of
from tests.reference.operators.variants_convnet import OPERATORS, cases

# The problem has one network and three points, so that some mistakes are the same there: a report then names both.
FIXED = {("piecewise_linear", "W"), ("piecewise_linear", "b")}


def _differ(first: Array, second: Array, allowed: Array) -> bool:
    with np.errstate(invalid="ignore"):
        return not bool(((np.abs(first - second) <= allowed) | (first == second)).all())


def _answers(name: str, case: Case, factor: float) -> tuple[Outputs, Outputs, dict[str, Outputs]]:
    """Expected outputs, allowed errors, and what each mistake predicts."""
    operator = OPERATORS[name]
    expected = operator.reference(case)
    bound = operator.bound(case, expected, FLOAT32)
    allowed = {output: factor * K * bound[output] + TINY for output in expected}
    return expected, allowed, {mistake: predict(case) for mistake, predict in operator.mistakes.items()}


@pytest.mark.parametrize("name", OPERATORS)
def test_every_mistake_is_far_outside_the_allowed_error(name: str) -> None:
    """On its best case, every aspect that a mistake changes must be ten times as far off as what is allowed."""
    listed: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    for case in cases(name):
        expected, allowed, predicted = _answers(name, case, 10)
        for mistake, outputs in predicted.items():
            for output, wrong in outputs.items():
                assert wrong.shape == expected[output].shape, (mistake, output)
                listed.add((mistake, aspect_of(output)))
                if _differ(wrong, expected[output], allowed[output]):
                    seen.add((mistake, aspect_of(output)))

    assert listed == seen
    assert {mistake for mistake, _ in seen} == set(OPERATORS[name].mistakes)


@pytest.mark.parametrize("name", OPERATORS)
def test_no_two_mistakes_predict_the_same(name: str) -> None:
    """Two mistakes that change the same aspect must differ there on some case, so that either can be named."""
    apart: dict[tuple[str, str, str], bool] = {}
    for case in cases(name):
        expected, allowed, predicted = _answers(name, case, 1)
        for one, other in combinations(predicted, 2):
            for output in predicted[one].keys() | predicted[other].keys():
                key = (one, other, aspect_of(output))
                first, second = (predicted[mistake].get(output, expected[output]) for mistake in (one, other))
                apart[key] = apart.get(key, False) or _differ(first, second, allowed[output])

    assert [key for key, differ in apart.items() if not differ and (name, key[2]) not in FIXED] == []


def test_a_mistake_reads_like_the_end_of_a_sentence() -> None:
    """The name must fit behind "likely:": lower case or a letter of a formula first, no full stop."""
    for operator in OPERATORS.values():
        for mistake in operator.mistakes:
            assert mistake[0].islower() or mistake.startswith("W ")
            assert not mistake.endswith(".")
