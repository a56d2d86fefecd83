"""The training run of part 1: the homework's points, what the driver sees of a training, and what it says of it."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checker.operator import Array
from checker.scale import UnmeasurableError
from reference.convnet import training_driver
from reference.convnet.rubric import PART1, PRINTING
from reference.convnet.training_rubric import PICTURES, TRAINING, case

TASK = TRAINING.tasks[0]
OPERATOR = TASK.operator


class _Model:
    """A network whose loss is what the test says."""

    def __init__(self, network: list[dict[str, Any]], criterion: dict[str, Any]) -> None:
        self.modules = [SimpleNamespace(weight=np.ones(2), bias=np.ones(1)), SimpleNamespace()]

    def forward(self, x: Array, labels: Array) -> tuple[Array, float]:
        return np.eye(10)[labels], 0.0


def _run(losses: list[float], *, moves: bool = True) -> dict[str, Any]:
    class Trainer:
        def __init__(self, model: _Model, *settings: Any) -> None:
            self.model, self.losses, self.accuracies = model, losses, [0.5]

        def run(self, x: Array, labels: Array, epochs: int) -> None:
            self.model.modules[0].weight = self.model.modules[0].weight - moves

    asked = case()
    given = SimpleNamespace(**asked.arrays, **asked.options)
    modules = [SimpleNamespace(ConvNet=_Model), SimpleNamespace(SGD=lambda *given, **named: None)]
    return dict(training_driver.overfit(*modules, SimpleNamespace(Trainer=Trainer), given))


def test_points() -> None:
    """The run has 5 of the 45 points of part 1, and prints cost as much as there."""
    assert TASK.max_points == 5
    assert TASK.max_points + sum(task.max_points for task in PART1.tasks) == 45
    assert {rule.id: rule.deduct for rule in TRAINING.rules} == {"training-printing": PRINTING}


@pytest.mark.parametrize(
    ("losses", "moves", "code"),
    [
        ([2.3, 1.0, 0.1], True, 1.0),
        ([2.3, math.nan, math.nan], True, 0.0),
        ([2.3, math.inf, 1.0], True, 0.0),
        ([2.3, 2.3, 2.3], False, 2.0),
        ([2.3, 2.4, 2.5], True, 3.0),
        ([2.3, 1.0, 5.0], True, 4.0),
    ],
)
def test_what_is_said_of_a_training(losses: list[float], moves: bool, code: float) -> None:
    """Every way to fail has a code of its own, and every code a sentence."""
    outputs = _run(losses, moves=moves)

    assert outputs["loss"] == code
    assert code == 1.0 or code in {float(predict(case())["loss"]) for predict in OPERATOR.mistakes.values()}
    assert np.array_equal(outputs["predictions"], case().arrays["labels"])


def test_accuracy_is_measured_of_finite_trainings() -> None:
    """All right is 1; after a loss that is nan there is nothing to measure, and the epoch is named."""
    assert OPERATOR.measure is not None
    assert OPERATOR.measure(case(), _run([2.3, 0.1])) == {"accuracy": 1.0}
    with pytest.raises(UnmeasurableError, match="nan in epoch 2"):
        OPERATOR.measure(case(), _run([2.3, math.nan]))


def test_pictures() -> None:
    """Their mean is subtracted, and more than a few classes occur."""
    asked = case()

    assert len(asked.arrays["x"]) == PICTURES
    assert np.allclose(asked.arrays["x"].mean(axis=0), 0)
    assert len(set(asked.arrays["labels"].tolist())) > 5
