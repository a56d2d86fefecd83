"""A network of the student's own for CIFAR's 3x32x32, of which only the form and that it learns can be checked.

Outputs: ``columns`` of what it gives for a batch, ``raw logits`` (1 unless every row is a probability distribution or
its logarithm), ``unlike VanillaCNN`` (1 unless its parameters have the shapes of VanillaCNN's) and, after a short
training on ``x`` and ``labels``, one picture of each class, its ``predictions`` for the same pictures, from which the
accuracy is measured.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st

from checker.bounds import exact
from checker.datasets.small import small
from checker.operator import Array, Case, Operator, Outputs, Reference
from checker.scale import UnmeasurableError

CLASSES = 10


def _case() -> Case:
    train = small("cifar10").train
    first = np.array([np.flatnonzero(train.labels == label)[0] for label in range(CLASSES)])
    # Not in the order of the classes.
    mixed = first[np.random.default_rng(0).permutation(CLASSES)]
    return Case({"x": train.images[mixed], "labels": train.labels[mixed]})


def reference(case: Case) -> Outputs:
    """What has to hold."""
    return {"columns": np.array(float(CLASSES)), "raw logits": np.array(1.0), "unlike VanillaCNN": np.array(1.0)}


def measure(case: Case, outputs: Mapping[str, Array]) -> dict[str, float]:
    """The share of pictures whose class is right."""
    labels, predictions = case.arrays["labels"], outputs["predictions"]
    if predictions.shape != labels.shape:
        raise UnmeasurableError(f"the predictions have shape {predictions.shape}, expected {labels.shape}")
    return {"accuracy": float(np.mean(predictions == labels))}


MISTAKES: dict[str, Reference] = {
    "the network ends in a softmax: the loss takes the raw logits": lambda case: {"raw logits": np.array(0.0)},
    "it is VanillaCNN again: the network has to be one of its own": lambda case: {"unlike VanillaCNN": np.array(0.0)},
}

own_model = Operator("MyModel", st.builds(_case), reference, exact, mistakes=MISTAKES, upstream=(), measure=measure)
