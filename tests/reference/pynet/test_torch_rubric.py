"""The CIFAR-10 half of PyNet: its points, questions, hidden labels and mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checker.assignment import Task
from checker.bounds import FLOAT32, K
from checker.datasets.small import small
from checker.exam import draw_exam
from checker.operator import Outputs
from reference.operators.cifar_script import testing as counting
from reference.pynet.rubric import ASSIGNMENT
from reference.pynet.torch_rubric import CIFAR, serve


def test_points() -> None:
    """The items and their points are facts of the homework."""
    assert {task.id: task.max_points for task in CIFAR.tasks} == {
        "cifar.train": 6.0,
        "cifar.test": 6.0,
        "cifar.model": 12.0,
        "cifar.optimizer": 3.0,
    }
    assert [(manual.id, manual.points, manual.pages) for manual in CIFAR.manual] == [("cifar.writeup", 3.0, (1, 0))]
    assert ASSIGNMENT.max_points == 72 - 3


def test_labels_of_the_held_out_images_stay_with_the_grader(tmp_path: Path) -> None:
    """They are in no array and no file that goes to the student's process; nor are the images in a file."""
    model = next(task for task in CIFAR.tasks if task.id == "cifar.model")
    exam = draw_exam(ASSIGNMENT, [(CIFAR, model)], seed=0, profile="quick")
    (question,) = exam.questions["cifar/model"]
    case = question.case
    assert set(case.arrays) == {"x", "labels", "test"}
    assert len(case.arrays["x"]) == len(case.arrays["labels"])
    assert len(case.hidden["labels"]) == len(case.arrays["test"])

    serve(tmp_path)
    served = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    assert small("cifar10").train.images[0].tobytes() in served
    assert not any(image.tobytes() in served for image in case.arrays["test"])


def _seen(task: Task, seed: int) -> list[tuple[str, list[Outputs], bool]]:
    """Each mistake with what it predicts, and whether any of it is beyond what a right answer may differ by."""
    exam = draw_exam(ASSIGNMENT, [(CIFAR, task)], seed=seed, profile="quick")
    (questions,) = exam.questions.values()
    found = []
    for text, mistake in task.operator.mistakes.items():
        predicted = [mistake(question.case) for question in questions]
        far = any(
            name in q.expected and bool((np.abs(value - q.expected[name]) > 10 * q.allowed[name]).any())
            for q, outputs in zip(questions, predicted, strict=True)
            for name, value in outputs.items()
        )
        found.append((text, predicted, far))
    return found


@pytest.mark.parametrize("task", CIFAR.tasks, ids=lambda task: task.id)
def test_mistakes_are_seen_and_differ(task: Task) -> None:
    """Every predicted mistake is far from what is expected, and no two are alike."""
    found = _seen(task, 0)

    assert [text for text, _, far in found if not far] == []
    assert len({str(predicted) for _, predicted, _ in found}) == len(found)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_right_ways_to_count_are_within_the_bound(dtype: type) -> None:
    """Counted at once, as a weighted mean of batches, and as per cent; in either precision."""
    exam = draw_exam(ASSIGNMENT, [(CIFAR, CIFAR.tasks[1])], seed=0, profile="quick")
    for question in exam.questions["cifar/test"]:
        case = question.case
        if case.protocol["kind"] == "files":
            continue
        size = case.options["batch_size"]
        assert isinstance(size, int)
        right = (case.arrays["x"].argmax(1) == case.arrays["labels"]).astype(dtype)
        parts = [right[start : start + size] for start in range(0, len(right), size)]
        weighted = dtype(0)
        for part in parts:
            weighted += part.mean(dtype=dtype) * dtype(len(part) / len(right))
        (name,) = {"accuracy", "part"} & set(question.expected)
        allowed = K / 2 * counting.bound(case, question.expected, FLOAT32)[name]
        for way in (right.mean(dtype=dtype), weighted, float(dtype(100) * right.sum() / dtype(len(right))) / 100):
            assert abs(float(way) - question.expected[name]) <= allowed


def test_per_cent_and_shares_cannot_be_confused() -> None:
    """Accuracies in per cent are whole numbers above 1, so that prints may be rounded."""
    for seed in range(3):
        exam = draw_exam(ASSIGNMENT, [(CIFAR, CIFAR.tasks[1])], seed=seed, profile="quick")
        for question in exam.questions["cifar/test"]:
            for name in {"accuracy", "part"} & set(question.expected):
                percent = 100 * question.expected[name]
                assert 20 <= percent <= 90
                assert percent == pytest.approx(round(float(percent)))
