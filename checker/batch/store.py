"""Store: the folder that a class's grades are kept in. A run that was killed at any moment leaves nothing half."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec
from rich.console import Console

from checker.errors import RequestError
from checker.report import terminal
from checker.report.model import Report, encode, write_atomically

RUN, GRADES = "run.json", "grades.json"
STATE, REPORT, TEXT, PRINTED = "state.json", "report.json", "report.txt", "printed.txt"
PATIENCE = 20.0
_WIDTH = 112


class State(msgspec.Struct, frozen=True):
    """How grading one submission ended; written last, so that it vouches for the files beside it.

    ``submission`` is the digest of what was handed in, ``run`` the fingerprint of what it was graded with, ``report``
    the SHA-256 of the report's file.
    """

    key: str
    submission: str
    run: str
    status: Literal["graded", "refused", "not graded"]
    report: str
    problems: tuple[str, ...] = ()
    seconds: float = 0.0


class Store:
    """A context manager: one run at a time may write into a folder. RequestError when it is not to be had."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if any(self.folder.iterdir()) and not (self.folder / RUN).exists() and not (self.folder / ".lock").exists():
                raise RequestError(f"{self.folder} is not empty and holds no earlier grades: name a new folder")
            self._lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise RequestError(f"grades cannot be written into {self.folder}: {error.strerror}") from None
        self._acquire()
        return self

    def _acquire(self) -> None:
        # The processes of a run that was killed are on their way out: wait for them.
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > end:
                    os.close(self._lock)
                    raise RequestError(f"another run is writing its grades into {self.folder}") from None
                time.sleep(0.1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def state(self, key: str) -> State | None:
        """How it ended, if the files that the state vouches for are there and whole."""
        try:
            state = msgspec.json.decode((self.folder / key / STATE).read_bytes(), type=State)
            report = (self.folder / key / REPORT).read_bytes()
        except (OSError, msgspec.DecodeError):
            return None
        return state if state.report == _sha256(report) else None

    def report(self, key: str) -> Report:
        """The report of a submission whose state is whole."""
        return msgspec.json.decode((self.folder / key / REPORT).read_bytes(), type=Report)

    def keep(self, state: State, report: Report) -> State:
        """Write a submission's files, the state last; returns the state with the report's sum in it."""
        folder = self.folder / state.key
        folder.mkdir(exist_ok=True)
        # An earlier state must not vouch for a mixture.
        (folder / STATE).unlink(missing_ok=True)
        document = encode(report)
        write_atomically(folder / TEXT, text(report).encode(errors="backslashreplace"))
        write_atomically(folder / PRINTED, _printed(report).encode(errors="backslashreplace"))
        write_atomically(folder / REPORT, document)
        state = msgspec.structs.replace(state, report=_sha256(document))
        write_atomically(folder / STATE, msgspec.json.encode(state))
        return state

    def write(self, name: str, document: object) -> None:
        """Write a JSON document of the whole class."""
        write_atomically(self.folder / name, msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")


def text(report: Report) -> str:
    """A report as plain text."""
    console = Console(file=io.StringIO(), width=_WIDTH, color_system=None, highlight=False, legacy_windows=False)
    with console.capture() as capture:
        terminal.render(report, console)
    return capture.get()


def _printed(report: Report) -> str:
    said = [(task.id, task.printed) for task in report.tasks if task.printed.strip()]
    lines = [line for name, words in said for line in (f"[{name}]", *map(terminal.printable, words.split("\n")))]
    return "\n".join(lines)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
