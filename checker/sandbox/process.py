"""StudentProcess: asks the student's code, whatever it does, and gets one answer for each case."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from checker.operator import Case
from checker.sandbox import packages as installed
from checker.sandbox.answer import Answer, Answers, Fault
from checker.sandbox.errors import GraderError
from checker.sandbox.launch import Isolation
from checker.sandbox.limits import Limits
from checker.sandbox.live import DiskFullError, Live
from checker.sandbox.printed import Printed
from checker.sandbox.replies import MalformedError
from checker.sandbox.round import Round, request

_CUT_OFF = 74  # the worker's status when its pipes are gone


class StudentProcess:
    """The student's code in a process of its own, restarted when it dies or hangs.

    ``stage`` holds the submission's files and nothing else, ``root`` is the folder in it that they import each other
    from, ``driver`` the file that calls them, ``packages`` the installed packages that they may import, ``data`` a
    folder that they may read, which the environment names as CHECKER_DATA. ``watch`` may be set to be told the lines
    that the code prints, as they come. The first
    process starts at once and gets ready while the caller does something else; use and close it in the thread that
    made it. GraderError when the grader fails.
    """

    def __init__(
        self,
        *,
        stage: Path,
        root: str,
        driver: Path,
        packages: Sequence[str],
        limits: Limits,
        isolation: Isolation,
        data: Path | None = None,
    ) -> None:
        self._stage = stage
        self._root = root
        self._driver = driver
        self._packages = installed.entries(packages)
        self._limits = limits
        self._isolation = isolation
        self._data = data
        self._import_faults: dict[str, Fault] = {}
        self.watch: Callable[[str], None] | None = None
        self._out_of_time = f"the time for all cases, {limits.task_seconds:g} s, ran out"
        self._live: Live | None = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and remove its temporary files."""
        if self._live is not None:
            self._live.kill()
            self._live = None

    def ask(self, call: str, modules: Sequence[str], cases: Sequence[Case]) -> Answers:
        """Run the driver's function ``call`` with the student's ``modules`` on each case: one answer for each.

        A case that hangs or kills the process is not repeated; later cases are then asked only for as many steps as
        that case had completed. GraderError when the grader itself fails, never because of the student's code.
        """
        printed = Printed(self._limits.printed, self.watch)
        answers: list[Answer] = []
        task_end: float | None = None
        steps: int | None = None
        fault: Fault | None = None
        while len(answers) < len(cases):
            fault = next((self._import_faults[name] for name in modules if name in self._import_faults), fault)
            if task_end is not None and time.monotonic() >= task_end:
                fault = Fault("timeout", self._out_of_time)
                steps = 0
            if steps == 0 or (fault is not None and fault.importing):
                answers += [Answer(fault=fault)] * (len(cases) - len(answers))
                break
            left = cases[len(answers) :]
            live = self._ready(call)
            live.send(request(call, modules, left, steps))
            current = Round(modules, left, fault)
            fault, task_end = self._follow(live, current, task_end, printed)
            if fault is not None and not fault.importing:
                steps = current.steps if steps is None else min(current.steps, steps - 1)
                current.stop(fault)
            elif fault is not None:
                self._import_faults[modules[current.imported]] = fault
            answers += current.answers
        if self._live is not None:
            self._live.collect(printed)
        return Answers(tuple(answers), printed.text())

    def _follow(
        self, live: Live, current: Round, task_end: float | None, printed: Printed
    ) -> tuple[Fault | None, float | None]:
        """Take replies until the round is finished or the process is not to be used any more: the fault that it was.

        The task's time runs from the end of the first import on.
        """
        limits = self._limits
        import_end = time.monotonic() + limits.import_seconds
        while not current.finished:
            now = time.monotonic()
            if current.importing:
                deadline, what = import_end, f"the import did not end within {limits.import_seconds:g} s"
            else:
                task_end = now + limits.task_seconds if task_end is None else task_end
                deadline, what = now + limits.case_seconds, f"no answer within {limits.case_seconds:g} s"
                if task_end < deadline:
                    deadline, what = task_end, self._out_of_time
            importing = current.importing
            try:
                current.take(live.next_reply(deadline, printed))
            except DiskFullError:
                self._live = None
                live.kill(printed)
                return Fault(
                    "died", f"the process wrote more than {limits.disk >> 20} MiB", importing=importing
                ), task_end
            except TimeoutError:
                self._live = None
                live.kill(printed)
                return Fault("timeout", what, importing=importing), task_end
            except EOFError:
                self._live = None
                return _death(live.kill(printed, grace=1.0), importing), task_end
            except MalformedError:
                self._live = None
                live.kill(printed)
                return Fault(
                    "died", "the process sent a reply that the grader cannot read", importing=importing
                ), task_end
        return current.import_fault, task_end

    def _ready(self, call: str) -> Live:
        """A process that waits for a request."""
        if self._live is not None and self._live.calls is not None and not self._live.idle():
            self.close()
        if self._live is None:
            self._live = self._start()
        live = self._live
        try:
            calls = live.wait_ready()
        except GraderError:
            self._live = None
            raise
        if call not in calls:
            raise GraderError(f"the driver {self._driver} has no function {call} that yields")
        return live

    def _start(self) -> Live:
        return Live(self._stage, self._root, self._driver, self._packages, self._limits, self._isolation, self._data)


def _death(status: int | None, importing: bool) -> Fault:
    """The fault of a process that ended by itself; a status above 128 is how bubblewrap hands on a signal."""
    if status is None or status == _CUT_OFF:
        return Fault("died", "the process closed its connection to the grader", importing=importing)
    number = -status if status < 0 else status - 128
    if number <= 0:
        return Fault(
            "died", f"the process exited with status {status} before it answered (os._exit?)", importing=importing
        )
    if number == signal.SIGKILL:
        return Fault(
            "memory", "the process was killed, most likely because it used too much memory", importing=importing
        )
    if number == getattr(signal, "SIGXCPU", None):
        return Fault("timeout", "the process used more processor time than it may", importing=importing)
    if number == signal.SIGSEGV:
        return Fault("died", "the process crashed: segmentation fault (endless recursion?)", importing=importing)
    try:
        name = signal.Signals(number).name
    except ValueError:
        return Fault("died", f"the process exited with status {status} before it answered", importing=importing)
    return Fault("died", f"the process was killed by {name}", importing=importing)
