"""Choice: the tasks that somebody names."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from checker.assignment import Assignment, Section, Task
from checker.errors import RequestError


def chosen(assignment: Assignment, wanted: Sequence[str]) -> list[tuple[Section, Task]]:
    """The tasks with these ids, or whose ids begin with them; all without any. RequestError for a name of none."""
    tasks = assignment.tasks()
    if not wanted:
        return tasks
    for name in wanted:
        if not any(_named(task, name) for _, task in tasks):
            close = difflib.get_close_matches(name, [task.id for _, task in tasks], n=3, cutoff=0.3)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise RequestError(f"{assignment.id} has no task {name!r}{hint}")
    return [(section, task) for section, task in tasks if any(_named(task, name) for name in wanted)]


def _named(task: Task, name: str) -> bool:
    return task.id == name or task.id.startswith(f"{name}.")
