"""Terminal: the report for a person at a prompt; meaning is in the words, colour only repeats it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from checker.exam import PROFILES
from checker.report.model import ArrayDocument, AspectOutcome, Counterexample, Report, ShownOption, TaskOutcome

_STYLES = {
    "passed": "green",
    "partial": "yellow",
    "failed": "red",
    "error": "red",
    "timeout": "red",
    "out of memory": "red",
    "forbidden": "red",
    "not graded": "magenta",
    "not started": "dim",
    "manual": "cyan",
}
MOST_ENTRIES = 12
"""Arrays with more entries are described by their shape."""

MOST_PRINTED_LINES = 5
_LABEL = 10
_NAME = 18


def render(report: Report, console: Console) -> None:
    """Print one report."""
    width = min(console.width, 110)
    _row(console, width, Text(f"{report.title}", style="bold"), "")
    for problem in report.problems:
        _line(console, width, "", problem, style="yellow")
    for section in report.sections:
        console.print()
        title = f"{section.title} (extra credit)" if section.extra_credit else section.title
        _row(console, width, Text(title, style="bold"), _points(section.points, section.max_points))
        for task in report.tasks:
            if task.section == section.id:
                _task(console, width, task)
    console.print()
    _row(console, width, Text("total", style="bold"), _points(report.points, report.max_points))
    if report.manual_points:
        _row(console, width, Text("waiting for a person"), f"{report.manual_points:g}")
    if report.undecided_points:
        _row(console, width, Text("waiting for a person, among the points above"), f"{report.undecided_points:g}")
    if report.hidden_points:
        _row(console, width, Text("hidden, graded by the course alone"), f"{report.hidden_points:g}")
    cases = PROFILES.get(report.profile, 0)
    seed = "secret seed" if report.seed is None else f"seed {report.seed}"
    console.print(
        Text(
            f"{seed}, profile {report.profile} ({cases} drawn cases per operator), "
            f"isolation {report.isolation}, {report.seconds:.1f} s",
            style="dim",
        )
    )
    if report.audience == "student":
        console.print(Text("The cases of this run are secret: a fault is described without them.", style="dim"))


def _task(console: Console, width: int, task: TaskOutcome) -> None:
    label = Text("  ")
    label.append(f"{task.status:<13}", style=_STYLES[task.status])
    label.append(f"{task.id:<24}")
    label.append(task.title, style="dim")
    _row(console, width, label, _points(task.points, task.max_points) if task.max_points else f"{task.points:g}")
    if not task.aspects or task.status == "not graded":
        if task.message:
            _line(console, width, "", task.message)
        return
    shown = [aspect for aspect in task.aspects if aspect.status not in ("passed", "not started")]
    if task.status != "passed" and task.max_points:
        # A note beside lost points would only say the same again.
        shown = [aspect for aspect in shown if aspect.max_points > 0]
    if task.status == "passed" and task.message and not shown:
        _line(console, width, "", task.message, style="dim")
    for aspect in shown:
        _aspect(console, width, aspect, task)
    _metrics(console, task)
    if shown and task.printed.strip():
        _printed(console, task.printed)


def _aspect(console: Console, width: int, aspect: AspectOutcome, task: TaskOutcome) -> None:
    name = Text("      ")
    name.append(aspect.id, style="bold")
    if aspect.max_points == 0:
        _row(console, width, name.append("  (a note, no points)", style="dim"), "")
    else:
        _row(console, width, name, _points(aspect.points, aspect.max_points))
    _line(console, width, "seen", aspect.message)
    if aspect.counterexample is not None:
        _counterexample(console, width, aspect.counterexample)
    if aspect.diagnosis:
        _line(console, width, "likely", aspect.diagnosis, style="yellow")
    if task.rerun:
        _line(console, 10_000, "rerun", task.rerun, style="cyan")


def _metrics(console: Console, task: TaskOutcome) -> None:
    """A line per number or vector, in columns; matrices stand in the JSON report."""
    for name, array in task.metrics.items():
        if len(array.shape) < 2 and array.values is not None:
            values = array.values if isinstance(array.values, list) else [array.values]
            numbers = " ".join(f"{value:>5}" if isinstance(value, str) else f"{value:5.3g}" for value in values)
            line = f"{'':6}{printable(name):<{_NAME}}{numbers}"
            console.print(Text(line, style="dim"), soft_wrap=True)


def _counterexample(console: Console, width: int, example: Counterexample) -> None:
    if example.note:
        _line(console, width, "case", example.note)
    fields = {**example.options, **{name: value for name, value in example.protocol.items() if value}}
    lines = [" ".join(f"{name}={_option(value)}" for name, value in fields.items())] if fields else []
    lines += [f"{name} = {_array(array)}" for name, array in example.arrays.items()]
    for number, line in enumerate(lines):
        _line(console, width, "smallest" if number == 0 and not example.note else "", line)
    _line(console, width, "expected", f"{example.output} = {_array(example.expected)}")
    if example.got is not None:
        _line(console, width, "got", f"{example.output} = {_array(example.got)}")


def _printed(console: Console, printed: str) -> None:
    lines = printed.strip("\n").split("\n")
    console.print(Text("      your code printed:", style="dim"))
    for line in lines[:MOST_PRINTED_LINES]:
        console.print(Text(f"      | {printable(line)[:200]}", style="dim"), soft_wrap=True)
    if len(lines) > MOST_PRINTED_LINES:
        console.print(Text(f"      | ... {len(lines) - MOST_PRINTED_LINES} more lines", style="dim"))


def _row(console: Console, width: int, left: Text, right: str) -> None:
    left.truncate(width - len(right) - 1, overflow="ellipsis", pad=True)
    left.append(f" {right}", style="bold")
    left.rstrip()
    console.print(left)


def _line(console: Console, width: int, label: str, text: str, style: str = "") -> None:
    indent = 8 + _LABEL
    body = Text("\n".join(printable(part) for part in text.split("\n")), style=style)
    for number, part in enumerate(body.wrap(console, max(width - indent, 20))):
        part.rstrip()
        head = Text(f"{'':8}").append(f"{label if number == 0 else '':<{_LABEL}}", style="dim")
        console.print(head.append_text(part), soft_wrap=True)


def printable(text: str) -> str:
    """Text with everything that could steer a terminal or reorder a line spelled out as an escape."""
    return "".join(char if _harmless(char) else ascii(char)[1:-1] for char in text)


def _harmless(char: str) -> bool:
    return char in (" ", "\t") or not unicodedata.category(char).startswith(("C", "Z"))


def _points(points: float, max_points: float) -> str:
    return f"{points:g} / {max_points:g}"


def _option(value: ShownOption) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _array(array: ArrayDocument) -> str:
    size = 1
    for n in array.shape:
        size *= n
    if array.values is None or size > MOST_ENTRIES:
        return f"array of shape {tuple(array.shape)}"
    return _numbers(array.values)


def _numbers(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_numbers(item) for item in value)}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def summary(reports: Mapping[str, Report], console: Console) -> None:
    """One line per assignment, after several reports."""
    console.print()
    for name, report in reports.items():
        _row(
            console,
            min(console.width, 110),
            Text(f"{name:<12}{report.title}"),
            _points(report.points, report.max_points),
        )
