"""The processes of a user, and how all of them are ended."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_TRIES = 200


def end_user(user: int) -> None:
    """Kill every process of a user, however fast it starts new ones; only root can.

    A signal to -1 reaches them all at once; it is repeated until none is left, as they might kill its sender.
    """
    for _ in range(_TRIES):
        if not processes_of(user):
            return
        subprocess.run(
            ["/bin/sh", "-c", "kill -s KILL -- -1"],
            user=user,
            group=user,
            extra_groups=[],
            cwd="/",
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def processes_of(user: int) -> list[int]:
    """The ids of a user's living processes."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                status = Path(entry.path, "status").read_text(errors="replace")
            except OSError:
                continue
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            if str(user) in fields.get("Uid", "").split() and not fields.get("State", "").startswith(("Z", "X")):
                found.append(int(entry.name))
    return found
