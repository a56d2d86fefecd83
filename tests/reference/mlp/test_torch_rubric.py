"""The PyTorch half of the rubric: its points, and aspects and calls that exist."""

from __future__ import annotations

import pytest

from checker.assignment import Task
from checker.drawing import draw
from checker.exam import ask
from reference.mlp import torch_driver
from reference.mlp.rubric import ASSIGNMENT
from reference.mlp.torch_rubric import TORCH

POINTS = {
    "torch_mlp": 10,
    "torch_mlp_accuracy": 0.5,
    "torch_mlp_flags": 5,
    "torch_mlp_trained": 4.5,
    "batchnorm_autograd": 10,
    "batchnorm_function": 3,
    "batchnorm_module": 1,
    "convnet": 7,
    "convnet_accuracy": 0.25,
    "convnet_flags": 2.75,
}


def test_points_are_those_of_the_homework() -> None:
    """Twenty for the MLP, ten for each of batch normalisation with autograd and the ConvNet, all with the training."""
    assert {task.id: round(task.max_points, 9) for task in TORCH.tasks} == POINTS
    assert sum(POINTS[name] for name in POINTS if name.startswith("torch_mlp")) == 20
    assert sum(POINTS[name] for name in POINTS if name.startswith("convnet")) == 10
    assert ASSIGNMENT.max_points + sum(manual.points for s in ASSIGNMENT.sections for manual in s.manual) == 100
    assert TORCH in ASSIGNMENT.sections


@pytest.mark.parametrize("task", TORCH.tasks, ids=lambda task: task.id)
def test_points_are_given_for_outputs_that_exist(task: Task) -> None:
    """Every aspect comes up or is measured, every call is a function of the driver, every task names its files."""
    cases = [*task.operator.examples, *draw(task.operator.cases, 0, 2)]
    aspects = {aspect for case in cases for aspect in ask(task.operator, case).aspects}

    assert set(task.points) - set(task.scales) <= aspects
    assert callable(getattr(torch_driver, task.call))
    assert set(task.files) <= set(TORCH.files)
    assert len(task.files) == (2 if "train" in task.where else 1)
