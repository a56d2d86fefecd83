"""Guardian: ends the processes of students that outlive a killed grader, where the kernel does not do it.

A single process dies with the grader by itself. Where a student's process may start others, and no namespace holds them
together, a program waits beside the grader for the end of a pipe, which comes even when the grader is killed.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from checker.sandbox.users import end_user

_PROJECT = Path(__file__).resolve().parent.parent.parent
_lock = threading.Lock()
_watched: dict[int, int] = {}
_running: tuple[int, subprocess.Popen[bytes]] | None = None


def watch(group: int, user: int) -> None:
    """From now on, end this process group, and this user's processes (0 for none), when this process ends."""
    with _lock:
        _watched[group] = user
        _tell(f"watch {group} {user}\n")


def forget(group: int) -> None:
    """The process group has ended."""
    with _lock:
        if _watched.pop(group, None) is not None:
            _tell(f"forget {group}\n")


def _tell(line: str) -> None:
    global _running
    if _running is not None and _running[0] == os.getpid():
        stdin = _running[1].stdin
        assert stdin is not None
        with contextlib.suppress(BrokenPipeError):
            os.write(stdin.fileno(), line.encode())
            return
    _running = (os.getpid(), _start())
    stdin = _running[1].stdin
    assert stdin is not None
    os.write(stdin.fileno(), "".join(f"watch {group} {user}\n" for group, user in _watched.items()).encode())


def _start() -> subprocess.Popen[bytes]:
    started = subprocess.Popen(
        [sys.executable, "-S", "-B", "-m", "checker.sandbox.guardian"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={"PYTHONPATH": str(_PROJECT)},
        cwd="/",
        start_new_session=True,
    )
    atexit.register(_stop, os.getpid(), started)
    return started


def _stop(owner: int, started: subprocess.Popen[bytes]) -> None:
    if owner == os.getpid() and started.stdin is not None:
        started.stdin.close()
        started.wait()


def main() -> None:
    """Read who is to be watched until the grader closes the pipe, then end those that are left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    left: dict[int, int] = {}
    for line in sys.stdin:
        match line.split():
            case ["watch", group, user]:
                left[int(group)] = int(user)
            case ["forget", group]:
                left.pop(int(group), None)
    for group, user in left.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        if user:
            end_user(user)


if __name__ == "__main__":
    main()
