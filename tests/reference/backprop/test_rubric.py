"""Backprop's rubric must be the homework's, on aspects that exist."""

from __future__ import annotations

from checker.operator import aspect_of
from reference.backprop import driver
from reference.backprop.rubric import ASSIGNMENT, FUNCTIONS, NEURALNET

TASKS = [*FUNCTIONS.tasks, *NEURALNET.tasks]


def _points(name: str) -> float:
    return sum(task.max_points for task in TASKS if task.id == name or task.id.startswith(f"{name}."))


def test_points_are_those_of_the_homework() -> None:
    """f3 10, each kind of layer 5, the net and its training step 10; the other graphs are optional."""
    assert {name: _points(name) for name in ("f1", "f2", "f3", "f4")} == {"f1": 0, "f2": 0, "f3": 10, "f4": 0}
    assert {name: _points(name) for name in ("fc", "relu", "softmax", "l2")} == dict.fromkeys(
        ("fc", "relu", "softmax", "l2"), 5
    )
    assert (_points("two_layer_net"), _points("training_step")) == (6, 4)
    assert {section.id: sum(task.max_points for task in section.tasks) for section in ASSIGNMENT.sections} == {
        "functions": 10,
        "neuralnet": 30,
        "training": 20,
        "part1": 20,
        "part2": 8,
    }
    by_hand = sum(manual.points for section in ASSIGNMENT.sections for manual in section.manual)
    assert ASSIGNMENT.max_points + by_hand == 100


def test_points_are_given_for_outputs_that_exist() -> None:
    """Every aspect must be an output of its operator, and every call a function of the driver."""
    for task in TASKS:
        outputs = {
            f"{aspect_of(output)} {case.group}".rstrip()
            for case in task.operator.examples
            for output in task.operator.reference(case)
        }

        assert {aspect.removesuffix(" at kinks") for aspect in task.points} <= outputs
        assert callable(getattr(driver, task.call))


def test_parameters_and_labels_may_not_change() -> None:
    """Data and upstream gradients may be overwritten; a training step answers for its parameters in an aspect."""
    for task in TASKS:
        for case in task.operator.examples:
            kept = set(case.arrays) - task.may_change
            if task.id == "training_step":
                assert kept == {"labels"}
            else:
                assert not kept & {"dy"}
                assert kept >= set(case.arrays) & {"weight", "bias", "labels", "w", "weight1", "bias2"}


def test_handed_out_files_exist() -> None:
    """Every file of a section is in the hand-out, the provided ones included."""
    for section in ASSIGNMENT.sections:
        for name in (*section.files, *section.provided, *(file for task in section.tasks for file in task.files)):
            assert (ASSIGNMENT.handout / name).is_file(), name
