"""Counting right answers: the accuracy and the confusion matrix of a classifier on a test set.

Conventions: ``x`` (N, 10) holds the logits, without ties in a row, and ``labels`` (N,) the classes. ``accuracy`` is the
share of right answers over the whole set, whatever the batches; row i of ``confusion`` (10, 10) says which share of
class i was taken for which class, so that a row sums to 1. The row of a class that does not occur is left open.
``evaluation mode`` is the share of forward passes made in it, ``without gradients`` of those that record none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker import metrics
from checker.cases import Palette
from checker.operator import Array, Case, Operator, Outputs, Reference

CLASSES = 10
UNEQUAL = "of unequal classes"


def _counts(case: Case) -> Array:
    return metrics.confusion(case.arrays["labels"], case.arrays["x"].argmax(1), CLASSES)


def _rows(table: Array) -> Array:
    return np.asarray(table / np.maximum(table.sum(1, keepdims=True), 1))


def _accuracy(case: Case) -> Array:
    return np.asarray(np.mean(case.arrays["x"].argmax(1) == case.arrays["labels"]))


def reference(case: Case) -> Outputs:
    """Counts."""
    return {
        "accuracy": _accuracy(case),
        "confusion": _rows(_counts(case)),
        "evaluation mode": np.array(1.0),
        "without gradients": np.array(1.0),
    }


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Whole numbers divided once, or shares of batches averaged with weights."""
    batches = len(_batches(case)) + 4
    return {
        "accuracy": np.asarray(batches * u),
        "confusion": 2 * u * expected["confusion"],
        "evaluation mode": np.array(0.0),
        "without gradients": np.array(0.0),
    }


def kinks(case: Case) -> Outputs:
    """Rows of classes that do not occur."""
    absent = np.bincount(case.arrays["labels"], minlength=CLASSES) == 0
    return {"confusion": np.repeat(absent[:, None], CLASSES, 1)} if absent.any() else {}


def _batches(case: Case) -> list[slice]:
    size = case.options["batch_size"]
    assert isinstance(size, int)
    return [slice(start, start + size) for start in range(0, len(case.arrays["x"]), size)]


def _per_batch(case: Case) -> list[float]:
    x, labels = case.arrays["x"], case.arrays["labels"]
    return [float(np.mean(x[b].argmax(1) == labels[b])) for b in _batches(case)]


def _case(seed: int, labels: Sequence[int], batch_size: int, group: str = "", note: str = "") -> Case:
    rng = Palette("normal", seed).rng("order")
    mixed = rng.permutation(np.asarray(labels, dtype=np.int64))
    x = np.stack([rng.permutation(CLASSES) - 4.0 for _ in mixed])
    right = rng.random(len(mixed)) < 0.6
    # About half of the answers are right.
    x[np.arange(len(x))[right], mixed[right]] += 20.0
    return Case({"x": x, "labels": mixed}, {"batch_size": batch_size}, group=group, note=note)


@st.composite
def validation_cases(draw: DrawFn) -> Case:
    """Up to four samples of each class, or any number of each."""
    seed, batch_size = draw(st.integers(0, 2**16 - 1)), draw(st.integers(2, 9))
    if draw(st.booleans()):
        return _case(seed, list(range(CLASSES)) * draw(st.integers(1, 4)), batch_size)
    labels = draw(st.lists(st.integers(0, CLASSES - 1), min_size=3, max_size=30))
    return _case(seed, labels, batch_size, UNEQUAL)


EXAMPLES = (
    _case(1, list(range(CLASSES)) * 3, 7, note="the last batch is smaller"),
    _case(2, list(range(CLASSES)) * 2, 5, note="equal batches"),
    _case(3, [0, 1, 1, 2, 2, 2, 3, 4, 5, 6, 7, 7, 7, 7, 8, 9, 9], 4, UNEQUAL, note="classes of different sizes"),
)


def told(case: Case, outputs: Mapping[str, Array]) -> dict[str, Array]:
    """Of one example, what its logits are worth class by class, and the accuracy that the student's code counted."""
    if case.note != EXAMPLES[0].note:
        return {}
    claimed = {"claimed accuracy": outputs["accuracy"]} if outputs["accuracy"].size == 1 else {}
    return {**claimed, **metrics.summary(case.arrays["labels"], case.arrays["x"].argmax(1), CLASSES)}


MISTAKES: dict[str, Reference] = {
    "it is the accuracy of the last batch": lambda case: {"accuracy": np.array(_per_batch(case)[-1])},
    "it is the mean of the batches' accuracies, although the last batch is smaller": lambda case: {
        "accuracy": np.array(np.mean(_per_batch(case)))
    },
    "it is in per cent: a share from 0 to 1 is asked for": lambda case: {"accuracy": 100 * _accuracy(case)},
    "it is a count: a share from 0 to 1 is asked for": lambda case: {
        "accuracy": len(case.arrays["x"]) * _accuracy(case)
    },
    "the confusion matrix is transposed: rows are the true classes": lambda case: {"confusion": _rows(_counts(case)).T},
    "the columns of the confusion matrix are the true classes, with rows that sum to 1": lambda case: {
        "confusion": _rows(_counts(case).T)
    },
    "the confusion matrix holds counts: every row has to sum to 1": lambda case: {"confusion": _counts(case)},
    "the whole confusion matrix sums to 1, not every row": lambda case: {
        "confusion": _counts(case) / len(case.arrays["x"])
    },
    "the columns of the confusion matrix sum to 1, not its rows": lambda case: {"confusion": _rows(_counts(case).T).T},
    "the columns are divided by the class sizes instead of the rows (keepdim=True is missing)": lambda case: {
        "confusion": _counts(case) / np.maximum(_counts(case).sum(1), 1)
    },
    "the model was not put into evaluation mode: model.eval()": lambda case: {"evaluation mode": np.array(0.0)},
    "gradients are recorded: torch.no_grad() is missing": lambda case: {"without gradients": np.array(0.0)},
}

validation = Operator(
    "validate",
    validation_cases(),
    reference,
    bound,
    examples=EXAMPLES,
    kinks=kinks,
    mistakes=MISTAKES,
    upstream=(),
    metrics=told,
)
