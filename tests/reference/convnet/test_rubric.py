"""The convnet rubric must be the homework's: its tasks and points, on aspects that exist, and its house rules."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from checker.assignment import Finding, HandedIn
from checker.drawing import draw
from checker.operator import aspect_of
from reference.convnet import driver, rubric
from reference.convnet.rubric import ASSIGNMENT, NETWORK, PART1, THEORY

TASKS = {task.id: task for section, task in ASSIGNMENT.tasks() if section in (THEORY, PART1)}
HANDOUT = ASSIGNMENT.handout


def _handed_in(submission: Path, printed: dict[str, str] | None = None, changed: tuple[str, ...] = ()) -> HandedIn:
    return HandedIn(submission, submission, PART1.tasks, {}, changed, printed or {})


def _findings(rule: str, handed_in: HandedIn) -> list[Finding]:
    return next(r for r in PART1.rules if r.id == rule).check(handed_in)


def test_tasks_and_points() -> None:
    """The items and their points are facts of the homework."""
    assert {name: task.max_points for name, task in TASKS.items()} == {
        "conv_matrix": 5,
        "piecewise_linear": 5,
        "conv2d": 10,
        "maxpool": 10,
        "relu": 5,
        "linear": 5,
        "convnet": 5,
        "sgd": 5,
    }


def test_points_are_given_for_outputs_that_exist() -> None:
    """Every aspect must be an output of its operator, and every call a function of the driver."""
    for task in TASKS.values():
        cases = [*task.operator.examples, *draw(task.operator.cases, 0, 20)]
        outputs = {aspect_of(output) for case in cases for output in task.operator.reference(case)}

        assert {aspect.removesuffix(" at kinks") for aspect in task.points} == outputs
        assert callable(getattr(driver, task.call))


def test_another_learning_rate_costs_one_point() -> None:
    """Torch's form of momentum must not cost the task."""
    assert TASKS["sgd"].points["changing learning rate"] == 1


def test_every_task_needs_one_file_of_the_handout() -> None:
    """A file that is broken must not cost tasks that do without it."""
    for section in ASSIGNMENT.sections:
        for task in section.tasks:
            assert len(section.files_of(task)) == 1 or task.id == "overfit"
            assert all((HANDOUT / file).is_file() for file in section.files_of(task))
        assert all((HANDOUT / file).is_file() for file in section.provided)


def test_nothing_may_change() -> None:
    """Weights, inputs and upstream gradients belong to the caller."""
    assert not any(task.may_change for task in TASKS.values())


@pytest.fixture
def theory() -> ModuleType:
    """The handed-out theory.py."""
    spec = importlib.util.spec_from_file_location("handed_out_theory", HANDOUT / "theory.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_network_of_the_problem_is_the_one_handed_out(theory: ModuleType) -> None:
    """The rubric asks about the network that students see."""
    for name, array in NETWORK.items():
        assert np.array_equal(array, getattr(theory, name.upper()))
    assert "theory" not in sys.modules


def test_printing_costs_the_programming_part() -> None:
    """One print in any task is enough, and the price is one constant."""
    rule = next(r for r in PART1.rules if r.id == "printing")

    assert rule.deduct == rubric.PRINTING == "all"
    assert not rule.tasks
    assert _findings("printing", _handed_in(Path("x"), {"relu": "(2, 3)\n"}))
    assert not _findings("printing", _handed_in(Path("x"), {"relu": ""}))


def test_other_rules_are_notes(tmp_path: Path) -> None:
    """Names and provided files are pointed out and cost nothing."""
    archive = tmp_path / "homework.zip"
    archive.touch()

    assert {rule.id: rule.deduct for rule in PART1.rules if rule.id != "printing"} == {
        "provided": "note",
        "files": "note",
        "archive": "note",
    }
    assert _findings("archive", _handed_in(archive))
    assert not _findings("archive", _handed_in(tmp_path))
    assert len(_findings("files", _handed_in(tmp_path))) == 2
    assert _findings("provided", _handed_in(tmp_path, changed=("part1-convnet/trainer.py",)))


def test_the_review_waits_for_a_person() -> None:
    """The paper review is no task of the machine."""
    assert [manual.id for manual in THEORY.manual] == ["review"]
    assert str(rubric.REVIEW_WORDS) in THEORY.manual[0].title
