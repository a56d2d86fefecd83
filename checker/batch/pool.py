"""Pool: processes that grade side by side, started after the exam is drawn so that they share it.

A process that dies or hangs costs nobody else anything: the submission it was at gets a second try in a new one, and is
`not graded` after that.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

import msgspec

from checker.batch.store import State

TRIES = 2
QUIET = 0.1
"""Seconds between two lines of progress from one process."""

_PR_SET_PDEATHSIG = 1

Work = Callable[[int, Callable[[str], None]], State]
"""Grades the submission of a number and tells of its progress."""


class Progressed(msgspec.Struct, frozen=True, tag=True):
    """A submission that is being graded: ``text`` says how far it is ("" when it begins)."""

    number: int
    text: str


class Finished(msgspec.Struct, frozen=True, tag=True):
    """A submission whose files are in the store."""

    number: int
    state: State


class Lost(msgspec.Struct, frozen=True, tag=True):
    """A submission that the grader failed at, and why."""

    number: int
    reason: str


Event = Progressed | Finished | Lost
_decode = msgspec.json.Decoder(Event).decode


@dataclass(eq=False)
class _Desk:
    process: ForkProcess
    connection: Connection
    number: int | None = None
    since: float = field(default_factory=time.monotonic)


class Pool:
    """``jobs`` processes; a submission that takes longer than ``patience`` seconds means that its process hangs."""

    def __init__(self, work: Work, jobs: int, patience: float) -> None:
        self._work = work
        self._jobs = jobs
        self._patience = patience
        self._context = multiprocessing.get_context("fork")
        self._desks: list[_Desk] = []

    def run(self, numbers: Sequence[int]) -> Iterator[Event]:
        """What happens, as it happens, until every submission is finished or lost."""
        left = list(reversed(numbers))
        tries = dict.fromkeys(numbers, 0)
        # What the processes share is not looked at by the collector, and so not copied.
        gc.freeze()
        try:
            self._desks = [self._open() for _ in numbers[: self._jobs]]
            while left or any(desk.number is not None for desk in self._desks):
                for desk in self._desks:
                    if desk.number is None and left:
                        desk.number, desk.since = left.pop(), time.monotonic()
                        tries[desk.number] += 1
                        with contextlib.suppress(OSError):
                            desk.connection.send_bytes(str(desk.number).encode())
                        yield Progressed(desk.number, "")
                for event in self._events():
                    if not isinstance(event, Lost) or tries[event.number] >= TRIES:
                        yield event
                    else:
                        left.append(event.number)
        finally:
            gc.unfreeze()
            self.close()

    def close(self) -> None:
        """End the processes; what they were at leaves nothing behind."""
        for desk in self._desks:
            desk.connection.close()
            desk.process.terminate()
        for desk in self._desks:
            desk.process.join(10)
            desk.process.kill()
            desk.process.join()
        self._desks = []

    def _events(self) -> Iterator[Event]:
        ready = wait([desk.connection for desk in self._desks], timeout=1.0)
        for index, desk in enumerate(self._desks):
            lost = ""
            if desk.connection in ready:
                try:
                    event = _decode(desk.connection.recv_bytes())
                    if not isinstance(event, Progressed):
                        desk.number = None
                    yield event
                except (EOFError, OSError):
                    desk.process.join()
                    lost = f"the grader's process ended with status {desk.process.exitcode}"
            elif desk.number is not None and time.monotonic() - desk.since > self._patience:
                lost = f"the grader's process did not end within {self._patience:.0f} s"
            if lost:
                number = desk.number
                desk.connection.close()
                desk.process.kill()
                desk.process.join()
                self._desks[index] = self._open()
                if number is not None:
                    yield Lost(number, lost)

    def _open(self) -> _Desk:
        here, there = self._context.Pipe()
        process = self._context.Process(target=self._serve, args=(there, here, os.getpid()), daemon=True)
        process.start()
        there.close()
        return _Desk(process, here)

    def _serve(self, connection: Connection, other_end: Connection, parent: int) -> None:
        """The life of a process: numbers in, events out."""
        other_end.close()
        for desk in self._desks:
            desk.connection.close()
        # A person's Ctrl-C reaches this process too: the grader then ends it, in order.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _leave)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            return
        with contextlib.suppress(EOFError, OSError, SystemExit):
            while True:
                number = int(connection.recv_bytes())
                connection.send_bytes(msgspec.json.encode(self._one(number, connection)))

    def _one(self, number: int, connection: Connection) -> Event:
        told = 0.0

        def progress(text: str) -> None:
            nonlocal told
            if time.monotonic() - told > QUIET:
                told = time.monotonic()
                try:
                    connection.send_bytes(msgspec.json.encode(Progressed(number, text[:200])))
                except OSError:
                    # Nobody listens any more. As an exception it would be taken for a failure to grade.
                    raise SystemExit(0) from None

        try:
            return Finished(number, self._work(number, progress))
        except Exception:
            return Lost(number, traceback.format_exc(limit=-4))


def _leave(number: int, frame: FrameType | None) -> Any:
    raise SystemExit(0)
