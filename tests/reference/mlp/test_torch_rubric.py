"""The PyTorch half of the rubric: its points, and aspects and calls that exist."""

from __future__ import annotations

import pytest

from checker.assignment import Task
from checker.drawing import draw
from checker.exam import ask
from reference.mlp import torch_driver
from reference.mlp.rubric import ASSIGNMENT
from reference.mlp.torch_rubric import TORCH

POINTS = {"torch_mlp": 10, "batchnorm_autograd": 10, "batchnorm_function": 3, "batchnorm_module": 1, "convnet": 10}


def test_points_are_those_of_the_homework() -> None:
    """The MLP has half of its twenty points here, for the model."""
    assert {task.id: round(task.max_points, 9) for task in TORCH.tasks} == POINTS
    assert TORCH in ASSIGNMENT.sections


@pytest.mark.parametrize("task", TORCH.tasks, ids=lambda task: task.id)
def test_points_are_given_for_outputs_that_exist(task: Task) -> None:
    """Every aspect comes up, every call is a function of the driver, every task needs one file."""
    cases = [*task.operator.examples, *draw(task.operator.cases, 0, 2)]
    aspects = {aspect for case in cases for aspect in ask(task.operator, case).aspects}

    assert set(task.points) <= aspects
    assert callable(getattr(torch_driver, task.call))
    assert len(task.files) == 1
