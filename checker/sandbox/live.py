"""One running student process: its pipes, and how it is ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from checker.sandbox import guardian, wire
from checker.sandbox.disk import used
from checker.sandbox.errors import GraderError
from checker.sandbox.launch import USER_BASE, Isolation, Room, start
from checker.sandbox.limits import Limits
from checker.sandbox.printed import Printed
from checker.sandbox.replies import MalformedError, Ready, Replies, Reply
from checker.sandbox.scratch import Scratch

# Starting Python and numpy is not the student's time; this only catches a system that does not get anywhere.
_START_SECONDS = 120.0
_KILL_SECONDS = 5.0
_MEASURE_SECONDS = 0.5
_CHUNK = 1 << 18
NOT_STARTED = "the student's process did not start"


class DiskFullError(Exception):
    """The process has written more than it may."""


class Live:
    """A process from start to end; GraderError when it cannot be started.

    ``next_reply`` raises TimeoutError, EOFError (it has died or closed its pipe), MalformedError or DiskFullError.
    """

    def __init__(
        self,
        stage: Path,
        root: str,
        driver: Path,
        packages: Sequence[Path],
        limits: Limits,
        isolation: Isolation,
        data: Path | None = None,
    ) -> None:
        self._scratch = Scratch("process")
        folder = self._scratch.path
        self._isolation = isolation
        self._selector = selectors.DefaultSelector()
        self._replies = Replies(limits.reply)
        self._to_send = memoryview(b"")
        self._open: list[int] = []
        self.calls: frozenset[str] | None = None
        try:
            _copy(stage, folder / "stage")
            room = Room(folder, driver.resolve(), tuple(packages), limits.disk, data, limits.processes > 0)
            launch = isolation.launch(room)
            theirs, ours = self._pipes()
            self._process = start(
                launch,
                [launch.worker, str(theirs[0]), str(theirs[1]), launch.packages],
                stdout=theirs[2],
                stderr=subprocess.STDOUT,
                pass_fds=theirs[:2],
            )
        except BaseException as error:
            self._release()
            if isinstance(error, OSError):
                raise GraderError(f"the student's process cannot be started: {error}") from error
            raise
        for descriptor in theirs:
            self._close(descriptor)
        self._requests, self._answers, self._output = ours
        self._measured = Path(launch.measured) if launch.measured else None
        self._measure_at = time.monotonic() + _MEASURE_SECONDS
        self._disk = limits.disk
        self._user = USER_BASE + self._process.pid if launch.own_user else 0
        # Without namespaces, nothing else holds several processes together when the grader is killed.
        self._guarded = not launch.tied and (limits.processes > 0 or sys.platform != "linux")
        if self._guarded:
            guardian.watch(self._process.pid, self._user)
        if self._user:
            try:
                isolation.give(folder, self._user)
            except OSError as error:
                self.kill()
                raise GraderError(f"the student's files cannot be handed over to another user: {error}") from error
        self._selector.register(self._answers, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        self.send(
            wire.frame(
                {
                    "driver": launch.driver,
                    "stage": launch.stage,
                    "vision": launch.vision if any(path.name == "torchvision" for path in packages) else "",
                    "data": launch.data,
                    "notebooks": any(path.name == "nbclient" for path in packages),
                    "root": "/".join((launch.stage, root)).rstrip("/"),
                    "memory": limits.memory,
                    "file_size": limits.file_size,
                    "processes": limits.processes,
                    "processor_seconds": limits.processor_seconds,
                    "reply": limits.reply,
                    "counted": launch.counted,
                    "user": self._user,
                    "readable": launch.readable,
                    "listable": launch.listable,
                    "writable": launch.writable,
                }
            )
        )

    def wait_ready(self) -> frozenset[str]:
        """The driver's functions, once the worker has fenced itself in; GraderError when it does not get there."""
        if self.calls is None:
            printed = Printed(4096)
            try:
                reply = self.next_reply(time.monotonic() + _START_SECONDS, printed)
                if not isinstance(reply, Ready):
                    raise MalformedError
            except (TimeoutError, EOFError, MalformedError):
                self.kill(printed, grace=1.0)
                raise GraderError(f"{NOT_STARTED}: {printed.text().strip()}") from None
            self.calls = frozenset(reply.calls)
        return self.calls

    def send(self, request: bytes) -> None:
        """Hand over a request; it is written while replies are read."""
        self._replies.restart()
        self._to_send = memoryview(request)
        self._selector.register(self._requests, selectors.EVENT_WRITE)

    def next_reply(self, deadline: float, printed: Printed) -> Reply:
        """The next reply, collecting prints meanwhile."""
        ended = False
        while (reply := self._replies.take()) is None:
            if ended:
                raise EOFError
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            for key, _ in self._selector.select(self._until_measured(left)):
                if key.fd == self._requests:
                    self._write()
                elif key.fd == self._output:
                    self._read_output(printed)
                elif data := _read(self._answers):
                    self._replies.feed(data)
                else:
                    ended = True
        return reply

    def _until_measured(self, left: float) -> float:
        """How long to wait at most; now and then, look first at what the process has written."""
        if self._measured is None:
            return left
        now = time.monotonic()
        if now >= self._measure_at:
            if used(self._measured) > self._disk:
                raise DiskFullError
            self._measure_at = time.monotonic() + _MEASURE_SECONDS
        return max(0.0, min(left, self._measure_at - now))

    def collect(self, printed: Printed) -> None:
        """Prints that have arrived already: one read, since a thread of the student's may print for ever."""
        printed.add(_read(self._output))

    def idle(self) -> bool:
        """Whether the process waits for a request and has said nothing unasked."""
        if self._process.poll() is not None or self._to_send:
            return False
        return self._replies.empty and not any(key.fd == self._answers for key, _ in self._selector.select(0))

    def kill(self, printed: Printed | None = None, grace: float = 0.0) -> int | None:
        """End all of it and collect the last prints.

        The exit status (negative: minus the signal) if it ended by itself within ``grace`` seconds.
        """
        status: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(grace)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._user:
            self._isolation.end(self._user)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_KILL_SECONDS)
        if self._guarded:
            guardian.forget(self._process.pid)
        self._drain(printed or Printed(0))
        self._release()
        return status

    def _drain(self, printed: Printed) -> None:
        """Read until the last process that holds the pipes is gone."""
        end = time.monotonic() + _KILL_SECONDS
        self._stop_writing()
        while self._selector.get_map() and (left := end - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                if key.fd == self._output:
                    self._read_output(printed)
                elif not _read(key.fd):
                    self._selector.unregister(key.fd)

    def _read_output(self, printed: Printed) -> None:
        if data := _read(self._output):
            printed.add(data)
        else:
            self._selector.unregister(self._output)

    def _write(self) -> None:
        try:
            self._to_send = self._to_send[os.write(self._requests, self._to_send[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._to_send = self._to_send[:0]
        if not self._to_send:
            self._stop_writing()

    def _stop_writing(self) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._requests)

    def _pipes(self) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        """Requests, replies and output: the ends of the process and ours."""
        requests = self._pipe()
        replies = self._pipe()
        output = self._pipe()
        ours = requests[1], replies[0], output[0]
        for descriptor in ours:
            os.set_blocking(descriptor, False)
        return (requests[0], replies[1], output[1]), ours

    def _pipe(self) -> tuple[int, int]:
        ends = os.pipe()
        self._open += ends
        return ends

    def _close(self, descriptor: int) -> None:
        self._open.remove(descriptor)
        os.close(descriptor)

    def _release(self) -> None:
        self._selector.close()
        for descriptor in [*self._open]:
            self._close(descriptor)
        self._scratch.remove()


def _read(descriptor: int) -> bytes:
    """What is there; b"" for nothing and at the end."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return b""


def _copy(stage: Path, target: Path) -> None:
    """A copy for this process alone: regular files, readable for the user it becomes, nothing compiled."""
    target.mkdir()
    target.chmod(0o755)
    for entry in os.scandir(stage):
        inside = target / entry.name
        if entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
            _copy(Path(entry.path), inside)
        elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(".pyc"):
            shutil.copyfile(entry.path, inside)
            inside.chmod(0o644)
