"""Details: what a report says of one task, as plain text; the same in every format that shows it."""

from __future__ import annotations

from math import prod
from typing import Any

from checker.report.model import ArrayDocument, AspectOutcome, Counterexample, TaskOutcome
from checker.report.plain_text import clean, cut, one_line, shown

MOST_ENTRIES = 12
MOST_BYTES = 8 << 10
MOST_PRINTED = 2 << 10


def seen(task: TaskOutcome) -> str:
    """In one line what there is to say of a task; the trace of a failure of the grader itself is left out."""
    text = task.message.split("\n")[0] if task.status == "not graded" else task.message
    return one_line(text)


def details(task: TaskOutcome) -> str:
    """What went wrong, aspect by aspect, with the smallest failing case and the likely mistake; "" when nothing did."""
    if not task.aspects or task.status == "not graded":
        return seen(task)
    wrong = [aspect for aspect in task.aspects if aspect.status != "passed"]
    lines = [line for aspect in wrong for line in _aspect(aspect)]
    if not wrong and task.message:
        lines.append(seen(task))
    if wrong and task.rerun:
        lines.append(f"again: {one_line(task.rerun)}")
    return cut("\n".join(lines), MOST_BYTES)


def printed(task: TaskOutcome) -> str:
    """What the student's code printed: the words of nobody but the student."""
    return cut(clean(task.printed.strip("\n")), MOST_PRINTED)


def _aspect(aspect: AspectOutcome) -> list[str]:
    points = f"{shown(aspect.points)} / {shown(aspect.max_points)}" if aspect.max_points else "a note, no points"
    lines = [f"{one_line(aspect.id)} ({points}): {one_line(aspect.message) or aspect.status}"]
    if aspect.counterexample is not None:
        lines += [f"  {line}" for line in _counterexample(aspect.counterexample)]
    if aspect.diagnosis:
        lines.append(f"  likely: {one_line(aspect.diagnosis)}")
    return lines


def _counterexample(example: Counterexample) -> list[str]:
    fields = {**example.options, **{name: value for name, value in example.protocol.items() if value}}
    lines = [f"case: {one_line(example.note)}"] if example.note else []
    if fields:
        lines.append(one_line("with " + " ".join(f"{name}={value}" for name, value in fields.items())))
    lines += [f"{one_line(name)} = {_array(array)}" for name, array in example.arrays.items()]
    output = one_line(example.output)
    lines.append(f"expected {output} = {_array(example.expected)}")
    if example.got is not None:
        lines.append(f"got {output} = {_array(example.got)}")
    return lines


def _array(array: ArrayDocument) -> str:
    if array.values is None or prod(array.shape) > MOST_ENTRIES:
        return f"array of shape {array.shape}"
    return one_line(_numbers(array.values))


def _numbers(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_numbers, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
