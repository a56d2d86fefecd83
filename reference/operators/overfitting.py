"""A network that learns a few pictures by heart: whether the parts of a homework work together.

Outputs: ``loss`` (1 when it falls; other codes name what was seen instead) and, after the training, ``predictions`` for
the same pictures, from which the accuracy is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from checker.bounds import exact
from checker.operator import Array, Case, Operator
from checker.scale import UnmeasurableError
from reference.operators.held_out import held_out_accuracy
from reference.operators.training_behaviour import mistakes_of, ones

MISTAKES = mistakes_of(
    {
        "loss": {
            0.0: "the loss becomes inf or nan while the network is trained",
            2.0: "no weight and no bias moves: look at SGD.update, and at ConvNet.backward",
            3.0: "weights and biases move, but the loss does not fall: gradients or their sign are wrong",
            4.0: "the loss falls and then climbs above its first value: the steps are too large",
        }
    }
)


def overfitting(case: Callable[[], Case]) -> Operator:
    """``case`` is made when it is needed: ``x``, ``labels`` (hidden, too) and the settings of the training."""
    measured = held_out_accuracy(case)

    def measure(case: Case, outputs: Mapping[str, Array]) -> Mapping[str, float]:
        loss = outputs.get("curve loss", np.zeros(0))
        if not np.isfinite(loss).all():
            epoch = int(np.flatnonzero(~np.isfinite(loss))[0]) + 1
            raise UnmeasurableError(f"the loss is {loss[epoch - 1]:g} in epoch {epoch}")
        assert measured.measure is not None
        return measured.measure(case, outputs)

    return Operator(
        "Training",
        measured.cases,
        lambda case: ones("loss"),
        exact,
        mistakes=MISTAKES,
        upstream=(),
        measure=measure,
        metrics=measured.metrics,
    )
