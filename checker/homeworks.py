"""``checker list``: the assignments that there are, with their tasks and points."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console

from checker import assignment as assignments
from checker.assignment import Rule, Task


def add_parser(commands: Any) -> None:
    """Register ``list`` with the subparsers of the command line."""
    parser = commands.add_parser("list", help="list the assignments and their tasks")
    parser.add_argument("--markdown", action="store_true", help="as tables, for the README")
    parser.set_defaults(run=_list)


def _list(options: argparse.Namespace) -> int:
    if options.markdown:
        print(catalogue())
        return 0
    console = Console(highlight=False)
    for name in assignments.names():
        assignment = assignments.public(assignments.load(name))
        points = assignment.max_points
        console.print(f"{name}: {assignment.title}, {points:g} points")
        for section, task in assignment.tasks():
            console.print(f"  {task.id:<28}{task.max_points:>4g}  {section.title}: {task.title}", soft_wrap=True)
    return 0


def catalogue() -> str:
    """Every assignment with its tasks, points and what is checked, as Markdown tables."""
    lines = []
    for name in assignments.names():
        assignment = assignments.public(assignments.load(name))
        points = assignment.max_points
        lines += [f"### `{name}`: {assignment.title} ({points:g} points)", ""]
        lines += ["| task | points | what is checked |", "|---|---|---|"]
        for section in assignment.sections:
            lines += [
                f"| `{task.id}` | {task.max_points:g} | {task.title}: {_aspects(task)} |" for task in section.tasks
            ]
            lines += [f"| `{rule.id}` | {_deduction(rule)} | rule: {rule.title} |" for rule in section.rules]
            lines += [f"| `{manual.id}` | {manual.points:g} by hand | {manual.title} |" for manual in section.manual]
        lines.append("")
    return "\n".join(lines).rstrip()


def _aspects(task: Task) -> str:
    return ", ".join(f"`{name}`{f' {points:g}' if points else ' (note)'}" for name, points in task.points.items())


def _deduction(rule: Rule) -> str:
    return (
        f"-{rule.deduct:g}"
        if isinstance(rule.deduct, float | int)
        else {"note": "note"}.get(rule.deduct, f"-{rule.deduct}")
    )
