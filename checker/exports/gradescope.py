"""Gradescope: the file `results.json` that its autograder reads.

Source: gradescope/autograder_samples, docs/specs.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from checker.batch.model import Grade
from checker.exports.details import details, printed
from checker.report.model import Report, TaskOutcome
from checker.report.plain_text import clean, cut, number, one_line, shown

Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]
VISIBILITIES: tuple[str, ...] = get_args(Visibility)
MOST_OUTPUT = 16 << 10
_NO_POINTS = 1e-6


class Test(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the results; without a score it is an informational check."""

    name: str
    score: float | int | None = None
    max_score: float | int | None = None
    status: Literal["passed", "failed"] | None = None
    number: str = ""
    output: str = ""
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None


class Results(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole file; ``score`` is what counts, the tests add up to it."""

    score: float | int
    output: str = ""
    execution_time: float | int | None = None
    output_format: str = "text"
    test_output_format: str = "text"
    test_name_format: str = "text"
    visibility: Visibility | None = None
    stdout_visibility: Visibility | None = None
    extra_data: dict[str, str] = {}
    tests: tuple[Test, ...] = ()


@dataclass(frozen=True)
class Shown:
    """Who sees what: of everything, of the ``hidden`` tasks, and of what the grader printed."""

    everything: Visibility | None = None
    hidden: Visibility = "after_published"
    stdout: Visibility = "hidden"


def results(report: Report, grade: Grade | None = None, show: Shown | None = None, unfinished: str = "") -> Results:
    """The results of a report; with a grade, also of what people and the course's policy gave and took.

    ``unfinished`` is a sentence for results that are written before the grading is over. RequestError when points
    are not a number.
    """
    show = show or Shown()
    tests = _tests(report, show)
    score, max_score = report.points, report.max_points
    if grade is not None:
        tests += _beside(report, grade)
        score, max_score = grade.points, grade.max_points
    tests = _of_maximum(max_score, tests)
    tests += _rest(score, max_score, tests)
    return Results(
        score=number(score),
        output=cut("\n".join(_head(report, grade, unfinished)), MOST_OUTPUT),
        execution_time=number(report.seconds),
        visibility=show.everything,
        stdout_visibility=show.stdout,
        extra_data={"profile": report.profile, "isolation": report.isolation, **report.versions},
        tests=tuple(tests),
    )


def refused(grade: Grade, show: Shown | None = None) -> Results:
    """The results of a grade without a report."""
    show = show or Shown()
    said = [*grade.problems, grade.comment] if grade.problems or grade.comment else [grade.status]
    output = "\n".join(one_line(text) for text in said if text)
    test = Test("Submission", number(grade.points), number(grade.max_points), "failed", "1", output)
    return Results(
        score=number(grade.points),
        output=output,
        visibility=show.everything,
        stdout_visibility=show.stdout,
        tests=(test,),
    )


def failing(sentence: str, show: Shown | None = None) -> Results:
    """Valid results for the time before there are any, and for when there never will be."""
    test = Test("Grading", 0, status="failed", output=clean(sentence))
    return Results(score=0, output=clean(sentence), stdout_visibility=(show or Shown()).stdout, tests=(test,))


def encode(document: Results) -> bytes:
    """The file's bytes."""
    fields = msgspec.to_builtins(document)
    # Left out as defaults of ours, but Gradescope has others.
    fields |= dict.fromkeys(("output_format", "test_output_format", "test_name_format"), "text")
    return msgspec.json.format(msgspec.json.encode(fields), indent=2) + b"\n"


def _tests(report: Report, show: Shown) -> list[Test]:
    extra = {section.id for section in report.sections if section.extra_credit}
    places = {section.id: place for place, section in enumerate(report.sections, 1)}
    counts: dict[str, int] = {}
    tests = []
    for task in report.tasks:
        if task.status == "manual":
            continue
        counts[task.section] = counts.get(task.section, 0) + 1
        place = f"{places.get(task.section, len(places) + 1)}.{counts[task.section]}"
        tests.append(_test(task, place, task.section in extra, show))
    return tests


def _test(task: TaskOutcome, place: str, extra: bool, show: Shown) -> Test:
    counts = bool(task.max_points or task.points)
    return Test(
        name=one_line(f"{task.title} ({task.id})", 200),
        # The assignment's maximum does not hold extra credit.
        score=number(task.points) if counts else None,
        max_score=(0 if extra else number(task.max_points)) if counts else None,
        status="passed" if task.status == "passed" else "failed",
        number=place,
        output=_output(task),
        tags=(one_line(task.section, 200), task.status),
        visibility=show.hidden if task.hidden else None,
    )


def _output(task: TaskOutcome) -> str:
    text = "" if task.status == "passed" and not task.message else f"{task.status}\n{details(task)}".strip()
    if task.status not in ("passed", "not graded") and (said := printed(task)):
        text += "\n\nyour code printed:\n" + "\n".join(f"| {line}" for line in said.split("\n"))
    return text


def _beside(report: Report, grade: Grade) -> list[Test]:
    """What a grade has besides the report: points given by hand, and each adjustment."""
    tests = []
    by_hand = max(grade.max_points - report.max_points, 0)
    if grade.manual or by_hand:
        waiting = f"not scored yet: {', '.join(map(one_line, grade.waiting))}" if grade.waiting else ""
        text = "\n".join(part for part in (one_line(grade.comment), waiting) if part)
        tests.append(Test("Scored by a person", number(grade.manual), number(by_hand), None, output=text))
    tests += [
        Test(one_line(each.reason, 200), number(each.points), 0, "failed" if each.points < 0 else "passed")
        for each in grade.adjustments
    ]
    return tests


def _of_maximum(max_score: float, tests: Sequence[Test]) -> list[Test]:
    """The tests, worth no more than the maximum: what does not count is among those that lost the most points."""
    excess = sum(test.max_score or 0 for test in tests) - max_score
    lost = {place: (test.max_score or 0) - (test.score or 0) for place, test in enumerate(tests)}
    made = list(tests)
    for place in sorted(lost, key=lambda place: -lost[place]):
        most = made[place].max_score or 0
        if excess > _NO_POINTS and most > 0:
            made[place] = msgspec.structs.replace(made[place], max_score=number(max(most - excess, 0)))
            excess -= most
    return made


def _rest(score: float, max_score: float, tests: Sequence[Test]) -> list[Test]:
    """What is missing for the tests to add up, by rounding, caps and tasks that do not count."""
    points = score - sum(test.score or 0 for test in tests)
    most = max(max_score - sum(test.max_score or 0 for test in tests), 0)
    if abs(points) < _NO_POINTS and most < _NO_POINTS:
        return []
    return [Test("Rounding, caps and tasks that do not count", number(points), number(most), "passed")]


def _head(report: Report, grade: Grade | None, unfinished: str) -> list[str]:
    lines = [clean(unfinished)] if unfinished else []
    broken = [one_line(task.id) for task in report.tasks if task.status == "not graded"]
    if broken and not unfinished:
        lines.append(
            f"The grader itself failed at {', '.join(broken)}, this is no fault of the submission: "
            "these points are not final, the course's staff has to run it again."
        )
    if grade is not None:
        lines += map(one_line, grade.problems)
        lines.append(f"{shown(grade.points)} of {shown(grade.max_points)} points")
    else:
        lines.append(f"{shown(report.points)} of {shown(report.max_points)} points")
    lines += map(one_line, report.problems)
    by_hand = [task for task in report.tasks if task.status == "manual"]
    lines += [f"{one_line(task.title)}: {shown(task.max_points)} points, {one_line(task.message)}" for task in by_hand]
    return lines
