"""What a trained network is worth on images that it has not seen: accuracy, or mean squared error.

The student's process gets the images; labels stay with the grader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from hypothesis import strategies as st

from checker import metrics
from checker.bounds import exact
from checker.operator import Array, Case, Measure, Metrics, Operator
from checker.scale import UnmeasurableError


def _predictions(outputs: Mapping[str, Array], *shape: int) -> Array:
    got = outputs["predictions"]
    if got.size != np.prod(shape) or len(got) != shape[0]:
        raise UnmeasurableError(f"the predictions have shape {got.shape}, expected {shape}")
    return got.reshape(shape)


def _accuracy(case: Case, outputs: Mapping[str, Array]) -> Mapping[str, float]:
    labels = case.hidden["labels"]
    return {"accuracy": float((_predictions(outputs, len(labels)) == labels).mean())}


def _told(case: Case, outputs: Mapping[str, Array]) -> Mapping[str, Array]:
    """Class by class; where the case does not say how many there are, the labels do."""
    labels = case.hidden["labels"]
    classes = case.options.get("classes", int(labels.max()) + 1)
    assert isinstance(classes, int)
    return metrics.summary(labels, _predictions(outputs, len(labels)), classes)


def _error(case: Case, outputs: Mapping[str, Array]) -> Mapping[str, float]:
    wanted = case.arrays["test"] / 255.0
    return {"mse": float(np.square(_predictions(outputs, *wanted.shape) - wanted).mean())}


def _measured(name: str, case: Callable[[], Case], measure: Measure, told: Metrics | None = None) -> Operator:
    return Operator(name, st.builds(case), lambda case: {}, exact, upstream=(), measure=measure, metrics=told)


def held_out_accuracy(case: Callable[[], Case]) -> Operator:
    """The share of right classes; ``case`` is made when it is needed, with ``labels`` hidden."""
    return _measured("Accuracy on held-out images", case, _accuracy, _told)


def held_out_error(case: Callable[[], Case]) -> Operator:
    """The mean squared error of images (``test``, 0 to 255) that are given back, from 0 to 1."""
    return _measured("Error on held-out images", case, _error)
