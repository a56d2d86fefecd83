"""Launch: how Python is started in a room of files; what every level of isolation shares."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from checker.sandbox import packages

HERE = Path(__file__).resolve().parent
# The worker and what it loads; all that a level has to make visible of the grader.
WORKER_FILES = (
    *("worker.py", "wire.py", "arguments.py", "returned.py"),
    *("faults.py", "confine.py", "seccomp.py", "legacy.py"),
)
# What runs notebooks, loaded where a section allows nbclient.
NOTEBOOK_FILES = ("notebook_run.py", "notebook_kernel.py")
# What makes torchvision importable and lets it find the data, loaded where a section allows torchvision.
VISION_FOLDER = HERE.parent / "datasets"
VISION_FILES = ("torchvision_import.py", "serving.py", "splits.py")
# Without -I, which would also ignore PYTHONHASHSEED; the environment holds nothing but what is set here.
PYTHON = (sys._base_executable, "-s", "-P", "-S", "-B")  # type: ignore[attr-defined]
# Added to the process id of a live process: users that nothing else on the system runs as.
USER_BASE = 0x70000000


@dataclass(frozen=True)
class Room:
    """The files of one student process: ``folder`` is its own, with the submission in ``folder/stage``.

    ``data`` is a folder that it may read, if any.
    """

    folder: Path
    driver: Path
    packages: tuple[Path, ...]
    disk: int
    data: Path | None = None


@dataclass(frozen=True)
class Launch:
    """How to start Python in a room: the command to put before it, and where things are as seen from inside.

    ``own_user``: it starts as root and has to become a user of its own. ``counted``: the kernel counts its processes
    and threads apart from everybody else's.
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


def starts(level: Isolation) -> str:
    """Start a small Python with numpy's files under a level; "" when it works, otherwise what it said."""
    code = (
        "import sys, os, ctypes\n"
        "user = int(sys.argv[1])\n"
        "if user: os.setgroups([]); os.setresgid(user, user, user); os.setresuid(user, user, user)\n"
        "import json\n"
        "for path in sys.argv[2:]: open(path).close()\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "stage").mkdir()
        launch = level.launch(Room(Path(folder), HERE / "worker.py", packages.entries(["numpy"]), 1 << 20))
        user = USER_BASE if launch.own_user else 0
        command = [
            *launch.wrapper,
            *PYTHON,
            "-c",
            code,
            str(user),
            launch.driver,
            f"{launch.packages}/numpy/__init__.py",
        ]
        try:
            done = subprocess.run(
                command,
                env=launch.environment,
                cwd=launch.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        said = done.stderr.decode(errors="backslashreplace").strip()
        return "" if done.returncode == 0 else said.splitlines()[-1] if said else f"status {done.returncode}"
