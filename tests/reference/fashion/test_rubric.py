"""Fashion's points, questions and hidden labels."""

from __future__ import annotations

import numpy as np
import pytest

from checker.exam import draw_exam
from checker.operator import Case
from reference.fashion.rubric import ASSIGNMENT
from reference.operators.training_behaviour import classifier_network

TASKS = ASSIGNMENT.tasks()


def test_points() -> None:
    """40 and 60, and 10 for extra credit."""
    assert [sum(task.max_points for task in section.tasks) for section in ASSIGNMENT.sections] == [40, 60, 10]
    assert ASSIGNMENT.max_points == 100


def test_every_case_is_asked_whatever_the_seed() -> None:
    """The cases are few and fixed, so that no seed leaves one out."""
    counts = {"network": 2, "autoencoder": 2, "step": 2, "fit": 2, "sets": 4, "held_out": 1}
    for seed in range(3):
        exam = draw_exam(ASSIGNMENT, TASKS, seed=seed, profile="quick")
        assert {key: len(questions) for key, questions in exam.questions.items()} == {
            f"{section.id}/{task.call}": counts[task.call] for section, task in TASKS
        }


def test_labels_of_the_held_out_images_stay_with_the_grader() -> None:
    """They are in no array that goes to the student's process."""
    exam = draw_exam(ASSIGNMENT, TASKS, seed=0, profile="quick")
    for key, questions in exam.questions.items():
        if key.endswith("held_out"):
            (question,) = questions
            assert len(question.case.hidden["labels"]) == len(question.case.arrays["test"])
            assert len(question.case.arrays.get("labels", question.case.arrays["x"])) == len(question.case.arrays["x"])


@pytest.mark.parametrize(("section", "task"), TASKS, ids=lambda value: value.id)
def test_mistakes_are_seen_and_differ(section: object, task: object) -> None:
    """No predicted mistake is what is expected, and no two of an output are alike."""
    operator = task.operator  # type: ignore[attr-defined]
    exam = draw_exam(ASSIGNMENT, [(section, task)], seed=0, profile="quick")  # type: ignore[list-item]
    for questions in exam.questions.values():
        predicted = []
        for text, mistake in operator.mistakes.items():
            seen = [mistake(q.case) for q in questions]
            assert any(
                name in q.expected and not np.array_equal(value, q.expected[name])
                for q, outputs in zip(questions, seen, strict=True)
                for name, value in outputs.items()
            ), text
            predicted.append(str(seen))
        assert len(set(predicted)) == len(predicted)


def test_one_hidden_layer_of_128() -> None:
    """784 -> 128 -> 3 with biases has the number of parameters that the homework gives."""
    case = Case({}, {"classes": 3})
    assert classifier_network(3, hidden=128).reference(case)["parameters"] == 100_867
