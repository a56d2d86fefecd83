"""Notebooks: codes and what they mean, and the accuracy that is measured."""

from __future__ import annotations

import numpy as np
import pytest

from checker.drawing import simplest
from checker.operator import Case
from checker.scale import UnmeasurableError
from reference.operators.notebook import MEANINGS, classifier_notebook

LABELS = np.array([0, 1, 2, 3])


def _operator(execute: bool):
    protocol = {"notebook": "a.ipynb", "execute": execute, "seconds": 1.0}
    return classifier_notebook(lambda: Case({"test": np.zeros((4, 28, 28))}, {}, protocol, hidden={"labels": LABELS}))


def test_every_code_has_a_meaning_of_its_own():
    """And none of them is that of the right answer."""
    operator = _operator(True)
    expected = operator.reference(simplest(operator.cases))

    assert len(operator.mistakes) == sum(map(len, MEANINGS.values()))
    for predicted in (mistake(simplest(operator.cases)) for mistake in operator.mistakes.values()):
        assert all(predicted[name] != expected[name] for name in predicted)


def test_accuracy_is_measured_on_hidden_labels():
    """The share of right classes."""
    operator = _operator(True)
    assert operator.measure is not None

    assert operator.measure(simplest(operator.cases), {"predictions": np.array([0, 1, 2, 0])}) == {"accuracy": 0.75}
    with pytest.raises(UnmeasurableError, match="shape"):
        operator.measure(simplest(operator.cases), {"predictions": np.zeros(3)})


def test_as_handed_in_the_printed_number_counts():
    """And nothing is asked of a run."""
    operator = _operator(False)
    assert operator.measure is not None

    assert operator.measure(simplest(operator.cases), {"printed": np.asarray(0.9)}) == {"accuracy": 0.9}
    assert "runs" not in operator.reference(simplest(operator.cases))
