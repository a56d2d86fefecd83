"""GitHub Actions: annotations and the log of a step, and the summary of a job in Markdown.

Sources: GitHub's pages on workflow commands; actions/toolkit, docs/problem-matchers.md.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from checker.batch.model import Grade
from checker.exports.details import details, printed, seen
from checker.report.model import Report, TaskOutcome
from checker.report.plain_text import (
    actions_data,
    actions_property,
    clean,
    markdown,
    markdown_block,
    one_line,
    shown,
)

MOST_ANNOTATIONS = 10
"""Of each level in a step; GitHub drops the rest."""

MOST_SUMMARY = 1 << 20
_ROOM = 1 << 10
_PLACE = re.compile(r"\(([\w./ -]+\.(?:py|ipynb)):(\d+)\)")


def annotation_lines(report: Report, folder: str = "") -> str:
    """Lines for the standard output of a step: annotations, then the details; what students wrote commands nothing.

    ``folder`` is where the submission's files lie in the repository.
    """
    faults = [task for task in report.tasks if _lost(task)]
    warnings = [task for task in report.tasks if not (task.max_points or task.points or task.aspects) and task.message]
    lines = [_annotation("error", task, folder) for task in faults]
    lines = _capped(lines, "error", "more tasks lost points")
    lines += _capped([_annotation("warning", task, folder) for task in warnings], "warning", "more rules")
    lines.append(
        command("notice", {"title": report.title}, f"{shown(report.points)} of {shown(report.max_points)} points")
    )
    token = secrets.token_hex(16)
    lines += [f"::stop-commands::{token}", *_log(faults), f"::{token}::"]
    return "\n".join(lines) + "\n"


def summary(report: Report) -> str:
    """One report as Markdown of at most 1 MiB: a table of tasks, and details of what lost points."""
    total = f"**{shown(report.points)} of {shown(report.max_points)} points**"
    parts = [f"## {markdown(report.title)}\n\n{total}\n"]
    if report.manual_points:
        parts.append(f"{shown(report.manual_points)} points wait for a person.\n")
    if report.undecided_points:
        parts.append(f"{shown(report.undecided_points)} of the points above wait for a person.\n")
    parts += [f"- {markdown(problem)}" for problem in report.problems]
    parts.append("\n| task | status | points | what was seen |\n|---|---|---|---|")
    parts += [_row(task) for task in report.tasks]
    parts.append("")
    parts += [_folded(task) for task in report.tasks if _lost(task)]
    return _fitting(parts)


def class_summary(grades: Sequence[Grade]) -> str:
    """A class's grades as Markdown of at most 1 MiB."""
    parts = ["| submission | students | status | points | problems |\n|---|---|---|---|---|"]
    for grade in grades:
        names = ", ".join(student.name or student.login or student.id for student in grade.students)
        points = f"{shown(grade.points)} / {shown(grade.max_points)}"
        cells = [markdown(grade.key), markdown(names), grade.status, points, markdown("; ".join(grade.problems))]
        parts.append(f"| {' | '.join(cells)} |")
    return _fitting(parts)


def _lost(task: TaskOutcome) -> bool:
    return task.status != "manual" and (task.points < task.max_points or task.status == "not graded")


def _annotation(level: str, task: TaskOutcome, folder: str) -> str:
    points = f"{shown(task.points)} / {shown(task.max_points)}, " if task.max_points else ""
    message = f"{points}{task.status}: {seen(task) or details(task)}"
    properties = {"title": f"{task.title} ({task.id})"}
    texts = [task.message, *(aspect.message for aspect in task.aspects)]
    place = next((found for text in texts if (found := _PLACE.search(text))), None)
    if place is not None:
        properties = {
            "file": f"{folder.rstrip('/')}/{place[1]}" if folder else place[1],
            "line": place[2],
            **properties,
        }
    return command(level, properties, one_line(message))


def command(level: str, properties: dict[str, str], message: str) -> str:
    """One workflow command; nothing in its values ends it or begins another one."""
    listed = ",".join(f"{name}={actions_property(value)}" for name, value in properties.items())
    return f"::{level} {listed}::{actions_data(message)}"


def _capped(lines: list[str], level: str, what: str) -> list[str]:
    if len(lines) <= MOST_ANNOTATIONS:
        return lines
    kept = lines[: MOST_ANNOTATIONS - 1]
    return [*kept, command(level, {"title": f"{len(lines) - len(kept)} {what}"}, "the log and the summary show them")]


def _log(tasks: Sequence[TaskOutcome]) -> list[str]:
    lines = []
    for task in tasks:
        lines += [f"{one_line(task.title)} ({one_line(task.id)}): {task.status}", *_indented(details(task))]
        if said := printed(task):
            lines += ["  your code printed:", *_indented(said)]
    return lines


def _indented(text: str) -> list[str]:
    return [f"  | {line}" for line in clean(text).split("\n")] if text else []


def _row(task: TaskOutcome) -> str:
    points = f"{shown(task.points)} / {shown(task.max_points)}" if task.max_points else shown(task.points)
    return f"| {markdown(task.title)} | {task.status} | {points} | {markdown(one_line(seen(task), 200))} |"


def _folded(task: TaskOutcome) -> str:
    said = printed(task)
    block = markdown_block(details(task) + (f"\n\nyour code printed:\n{said}" if said else ""))
    return f"\n<details><summary>{markdown(task.title)}</summary>\n\n{block}\n\n</details>"


def _fitting(parts: Sequence[str]) -> str:
    kept: list[str] = []
    size = 0
    for part in parts:
        size += len(part.encode()) + 1
        if size > MOST_SUMMARY - _ROOM:
            kept.append(
                f"\n{len(parts) - len(kept)} more entries are left out, because GitHub shows no more than 1 MiB."
            )
            break
        kept.append(part)
    return "\n".join(kept) + "\n"
