"""Launch: how Python is started in a room of files; what every level of isolation shares."""

from __future__ import annotations

import os
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# The worker and what it loads; all that a level has to make visible of the grader.
WORKER_FILES = (
    *("worker.py", "wire.py", "arguments.py", "returned.py"),
    *("faults.py", "confine.py", "landlock.py", "seccomp.py", "legacy.py"),
    *("stand_ins.py", "one_device.py"),
)
# What runs notebooks, loaded where a section allows nbclient.
NOTEBOOK_FILES = ("notebook_run.py", "notebook_kernel.py", "notebook_shell.py")
# What makes torchvision importable and lets it find the data, loaded where a section allows torchvision.
VISION_FOLDER = HERE.parent / "datasets"
VISION_FILES = ("torchvision_import.py", "serving.py", "splits.py", "counts.py")
# Without -I, which would also ignore PYTHONHASHSEED; the environment holds nothing but what is set here.
_OPTIONS = ("-s", "-P", "-S", "-B")
# Added to the process id of a live process: users that nothing else on the system runs as.
USER_BASE = 0x70000000


@dataclass(frozen=True)
class Room:
    """The files of one student process: ``folder`` is its own, with the submission in ``folder/stage``.

    ``data`` is a folder that it may read, if any. ``processes``: whether it may start further ones.
    """

    folder: Path
    driver: Path
    packages: tuple[Path, ...]
    disk: int
    data: Path | None = None
    processes: bool = False


@dataclass(frozen=True)
class Launch:
    """How to start Python in a room: the command to put before it, and where things are as seen from inside.

    ``wrapped`` are arguments of the wrapper that its command line does not show. ``own_user``: it starts as root and
    has to become a user of its own. ``counted``: the kernel counts its processes and threads apart from everybody
    else's. ``tied``: the kernel ends all of its processes with the grader. ``measured`` is the temporary folder as the
    grader sees it, where nothing else limits its size. ``python_home`` is where Python is when that is not its place.
    ``readable``, ``listable`` and ``writable`` are all that it may reach, where Landlock is to say so.
    """

    wrapper: tuple[str, ...]
    folder: str
    stage: str
    driver: str
    packages: str
    worker: str
    temporary: str
    vision: str
    data: str = ""
    own_user: bool = False
    counted: bool = False
    tied: bool = False
    wrapped: tuple[str, ...] = ()
    measured: str = ""
    python_home: str = ""
    readable: tuple[str, ...] = ()
    listable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()

    @property
    def python(self) -> tuple[str, ...]:
        """The command that starts Python."""
        executable = sys._base_executable  # type: ignore[attr-defined]  # not in the stubs
        if self.python_home:
            executable = f"{self.python_home}/bin/{Path(executable).resolve().name}"
        return (executable, *_OPTIONS)

    @property
    def environment(self) -> dict[str, str]:
        """All of the environment that the process gets."""
        # A core type that the grader was told to use keeps both sides' rounding alike.
        kept = {name: os.environ[name] for name in ("OPENBLAS_CORETYPE",) if name in os.environ}
        return kept | {
            "HOME": self.temporary,
            "TMPDIR": self.temporary,
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            **({"CHECKER_DATA": self.data} if self.data else {}),
            **(
                {"PYTHONHOME": self.python_home, "LD_LIBRARY_PATH": f"{self.python_home}/lib"}
                if self.python_home
                else {}
            ),
        }


class Isolation(ABC):
    """One level of isolation."""

    name: str

    @abstractmethod
    def launch(self, room: Room) -> Launch:
        """Make the room ready and say how to start Python in it."""

    @abstractmethod
    def trouble(self) -> str:
        """Why this level does not work here and what to do, in one sentence; "" when it works."""

    def give(self, room: Path, user: int) -> None:  # noqa: B027 - most levels have nothing to give
        """Hand the room's folder over to the user that the process becomes."""

    def end(self, user: int) -> None:  # noqa: B027 - nor to end
        """End what still runs as the user that the process became."""


def start(launch: Launch, arguments: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start Python with these arguments; ``options`` are those of Popen."""
    hidden, wrapper = -1, launch.wrapper
    try:
        if launch.wrapped:
            # From a file without a name: a command line can be read by everybody, also from inside.
            hidden = os.memfd_create("arguments")
            os.write(hidden, b"".join(os.fsencode(argument) + b"\0" for argument in launch.wrapped))
            os.lseek(hidden, 0, os.SEEK_SET)
            wrapper = (*wrapper, "--args", str(hidden))
        return subprocess.Popen(
            [*wrapper, *launch.python, *arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=[*options.pop("pass_fds", ()), *([hidden] if hidden >= 0 else [])],
            cwd=launch.folder,
            env=launch.environment,
            start_new_session=True,
            **options,
        )
    finally:
        if hidden >= 0:
            os.close(hidden)
