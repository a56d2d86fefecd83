"""What a classifier is worth, class by class: confusion matrix, accuracy, precision, recall and F1.

``table`` is a confusion matrix of counts, (classes, classes): row i says what the samples of class i were taken for.
A number that is 0 / 0, such as the precision of a class that nothing was taken for, is nan.
"""

from __future__ import annotations

import numpy as np

from checker.operator import Array


def confusion(labels: Array, predictions: Array, classes: int) -> Array:
    """The matrix of counts; ``labels`` and ``predictions`` (N,) hold class numbers from 0 to ``classes`` - 1."""
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (labels.astype(np.int64), predictions.astype(np.int64)), 1)
    return table


def accuracy(table: Array) -> Array:
    """The share of right answers, a number."""
    return _divided(np.trace(table), table.sum())


def precision(table: Array) -> Array:
    """For each class, how many of the samples that were taken for it belong to it."""
    return _divided(np.diag(table), table.sum(axis=0))


def recall(table: Array) -> Array:
    """For each class, how many of its samples were taken for it."""
    return _divided(np.diag(table), table.sum(axis=1))


def f1(table: Array) -> Array:
    """For each class, the harmonic mean of precision and recall: 2 right / (taken for it + belonging to it)."""
    return _divided(2 * np.diag(table), table.sum(axis=0) + table.sum(axis=1))


def summary(labels: Array, predictions: Array, classes: int) -> dict[str, Array]:
    """All of them by name, as a report shows them; nothing when a prediction is no class."""
    guessed = np.asarray(predictions)
    if guessed.dtype.kind not in "fiu" or not np.isin(guessed, np.arange(classes)).all():
        return {}
    table = confusion(labels, guessed, classes)
    return {
        "accuracy": accuracy(table),
        "precision": precision(table),
        "recall": recall(table),
        "F1": f1(table),
        "confusion": table,
    }


def _divided(a: Array, b: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(a, dtype=np.float64) / b
