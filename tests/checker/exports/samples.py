"""Samples: a report and a grade with a text of one's choice wherever a student's words can be."""

from __future__ import annotations

from checker.batch.model import Adjustment, Grade, Student
from checker.report.model import (
    ArrayDocument,
    AspectOutcome,
    Counterexample,
    Report,
    SectionTotal,
    Status,
    TaskOutcome,
)


def task(
    name: str = "linear", points: float = 1.5, max_points: float = 3, text: str = "wrong values", **more
) -> TaskOutcome:
    """A task of which one aspect is right and one wrong, unless it has all its points."""
    status: Status = "passed" if points == max_points else "partial"
    aspects = (
        AspectOutcome("y", points, points, "passed", ""),
        AspectOutcome("x.grad", 0, max_points - points, "failed", text, f"likely {text}", _example(text)),
    )
    fields = {
        "id": name,
        "title": name.title(),
        "section": "layers",
        "points": points,
        "max_points": max_points,
        "status": status,
        "message": "" if status == "passed" else text,
        "aspects": aspects[: 1 if status == "passed" else 2],
        "rerun": f"make check A=toy TASK={name}",
        "printed": text,
    }
    return TaskOutcome(**{**fields, **more})


def _example(text: str) -> Counterexample:
    numbers = ArrayDocument((2,), [1, "nan"])
    return Counterexample(text, {"mode": text}, {}, {"x": numbers}, "x.grad", numbers, numbers, (1,), 1, 8.0)


def rule(price: float = 1, text: str = "prints") -> TaskOutcome:
    """A broken rule."""
    return TaskOutcome("printing", "Nothing is printed", "layers", -price, 0, "forbidden", text, (), "")


def manual(points: float = 4) -> TaskOutcome:
    """A task that waits for a person."""
    return TaskOutcome("essay", "Essay", "layers", 0, points, "manual", "scored by a person", (), "")


def broken() -> TaskOutcome:
    """A task at which the grader itself failed."""
    return task(
        "conv", 0, 2, status="not graded", message="the grader itself failed\nTraceback: /secret/path", aspects=()
    )


def report(*tasks: TaskOutcome, **more) -> Report:
    """A report of one section; by default a right task, a partly right one, a broken rule and a manual one."""
    tasks = tasks or (task("relu", 2, 2), task(), rule(), manual())
    counted = [each for each in tasks if each.status != "manual"]
    points, most = sum(each.points for each in counted), sum(each.max_points for each in counted)
    fields = {
        "assignment": "toy",
        "title": "A toy",
        "points": points,
        "max_points": most,
        "seed": 0,
        "profile": "quick",
        "isolation": "bubblewrap",
        "sections": (SectionTotal("layers", "Layers", points, most),),
        "tasks": tasks,
        "versions": {"python": "3.11"},
        "seconds": 1.25,
        "manual_points": sum(each.max_points for each in tasks if each.status == "manual"),
    }
    return Report(**{**fields, **more})


def hostile(text: str) -> Report:
    """A report with the text in every place that a student's code or files can reach."""
    tasks = (
        task("relu", 2, 2, text),
        task(text=text),
        rule(text=text),
        manual(),
        task("conv", 0, 2, text, status="error"),
    )
    return report(*tasks, problems=(text,))


def grade(key: str = "ada", points: float = 2.5, max_points: float = 9, **more) -> Grade:
    """A graded submission of one student."""
    students = more.pop("students", (Student("Ada Lovelace", "17", "ada@example.org", "ada1"),))
    fields = {"status": "graded", "automatic": points}
    return Grade(
        key=key, students=students, assignment="toy", points=points, max_points=max_points, **{**fields, **more}
    )


def hostile_grade(text: str) -> Grade:
    """A grade with the text in every place that a student, a file name or a platform can reach."""
    who = Student(text, text, text, text)
    adjustments = (Adjustment(text, -0.5),)
    return grade(students=(who,), adjustments=adjustments, comment=text, problems=(text,), waiting=("essay",))
