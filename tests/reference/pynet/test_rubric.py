"""The rubric of PyNet's layers must be the homework's: 14 items of 3 points, in its order, on aspects that exist."""

from __future__ import annotations

from checker.exam import AT_KINKS, ask
from reference.pynet import driver
from reference.pynet.rubric import LAYERS

TASKS = LAYERS.tasks


def test_fourteen_tasks_of_three_points_in_order() -> None:
    """The items and their points are facts of the homework."""
    layers = ("linear", "batchnorm1d", "relu", "cross_entropy")
    pairs = [f"{layer}.{way}" for layer in layers for way in ("forward", "backward")]
    last = [f"{layer}.{way}" for layer in ("conv2d", "maxpool2d") for way in ("forward", "backward")]

    assert [*pairs, "im2col", "col2im", *last] == [task.id for task in TASKS]
    assert [task.max_points for task in TASKS] == [3.0] * 14


def test_points_are_given_for_outputs_that_exist() -> None:
    """Every aspect must be an output of its operator, and every call a function of the driver."""
    for task in TASKS:
        aspects = {aspect for case in task.operator.examples for aspect in ask(task.operator, case).aspects}

        assert {aspect.removesuffix(AT_KINKS) for aspect in task.points} <= aspects
        assert callable(getattr(driver, task.call))


def test_both_tasks_of_a_layer_share_a_run() -> None:
    """Forward and backward must ask the same call with the same operator."""
    for forward, backward in ((a, b) for a in TASKS for b in TASKS if b.id == a.id.replace("forward", "backward")):
        assert forward.call == backward.call
        assert forward.operator is backward.operator


def test_parameters_and_labels_may_not_change() -> None:
    """Students may overwrite inputs and upstream gradients, nothing else."""
    for task in TASKS:
        for case in task.operator.examples:
            kept = set(case.arrays) - task.may_change

            assert kept == set(case.arrays) & {"weight", "bias", "gamma", "beta", "r_mean", "r_var", "labels"}
