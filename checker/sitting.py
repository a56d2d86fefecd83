"""Sitting: one submission sits the exam of one section in its own student process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from checker import notebooks
from checker.assignment import Assignment, Section, Task
from checker.judging import judged
from checker.operator import Case
from checker.sandbox.answer import Answer, Fault
from checker.sandbox.isolation import Isolation
from checker.sandbox.process import StudentProcess
from checker.sandbox.scratch import Scratch
from checker.served import served
from checker.submissions import SOURCE, Found, stage


class Sitting:
    """Answers of the student's code, each case asked once.

    A context manager: at its end the process and its files are gone.
    """

    def __init__(self, assignment: Assignment, section: Section, found: Found, isolation: Isolation) -> None:
        self.section = section
        self._found = found
        self._answers: dict[tuple[str, str], Answer] = {}
        self._printed: dict[str, str] = {}
        self._scratch = Scratch("stage")
        files = self._scratch.path / "files"
        try:
            stage(found, wanted(section), section.root, files, provided_files(assignment, section))
            self._process = StudentProcess(
                stage=files,
                root=section.root,
                driver=assignment.driver_of(section),
                packages=section.packages,
                limits=section.limits,
                isolation=isolation,
                data=served(section.data) if section.data is not None else None,
            )
        except BaseException:
            self._scratch.remove()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.close()
        self._scratch.remove()

    def watch(self, told: Callable[[str], None]) -> None:
        """Be told the lines that the student's code prints from now on, as they come."""
        self._process.watch = told

    def ask(self, task: Task, cases: Sequence[Case]) -> list[Answer]:
        """Answers to the cases, in order; those that were asked before are not asked again."""
        own = [name for name in self._files(task) if name not in self.section.provided]
        missing = next((self._found.problems[name] for name in own if name in self._found.problems), None)
        if missing is not None:
            return [Answer(fault=Fault("died", missing, importing=True))] * len(cases)
        new = {case.key: case for case in cases if (task.call, case.key) not in self._answers}
        if new:
            modules = [self._module(name) for name in self._files(task) if name.endswith(SOURCE)]
            given = self._process.ask(task.call, modules, list(new.values()))
            for key, answer in zip(new, given.answers, strict=True):
                self._answers[task.call, key] = judged(task.operator, new[key], answer)
            self._printed.setdefault(task.call, given.printed)
        return [self._answers[task.call, case.key] for case in cases]

    def printed(self, task: Task) -> str:
        """What the student's code printed during the exam's cases of a task (capped)."""
        return self._printed.get(task.call, "")

    def source(self, name: str) -> str:
        """The text of one of the student's files, of a notebook its code ("" when it is missing)."""
        path = self._found.paths.get(name)
        text = path.read_text(encoding="utf-8", errors="replace") if path else ""
        return notebooks.code(text) if name.endswith(notebooks.SUFFIX) else text

    def _files(self, task: Task) -> tuple[str, ...]:
        return self.section.files_of(task)

    def _module(self, file: str) -> str:
        inside = PurePosixPath(file).relative_to(self.section.root) if self.section.root else PurePosixPath(file)
        return ".".join(inside.with_suffix("").parts)


def files_of(section: Section) -> tuple[str, ...]:
    """Every file of the student's that a section needs."""
    names = [*section.files, *(name for task in section.tasks for name in task.files)]
    return tuple(name for name in dict.fromkeys(names) if name not in section.provided)


def wanted(section: Section) -> tuple[str, ...]:
    """Everything that is looked for in a submission for a section: files that it needs, and attachments."""
    return (*files_of(section), *section.attachments)


def provided_files(assignment: Assignment, section: Section) -> dict[str, Path]:
    """The hand-out's copy of each provided file."""
    return {name: assignment.handout / name for name in section.provided}
