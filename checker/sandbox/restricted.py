"""Restricted: the student's process as a user of its own, for root where no namespaces can be made."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

from checker.sandbox.errors import GraderError
from checker.sandbox.launch import HERE, VISION_FOLDER, Isolation, Launch, Room
from checker.sandbox.mirror import INSTALLED, PYTHON_LIBRARY, enterable, python_home, reachable, show, shown
from checker.sandbox.seccomp import SYSTEMS
from checker.sandbox.trial import starts
from checker.sandbox.users import end_user

_DEVICES = ("null", "zero", "random", "urandom")
# What describes the machine's processors and memory, which numerical libraries ask for.
_SYSTEM = ("/etc/ld.so.cache", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", *(f"/dev/{name}" for name in _DEVICES))
_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64")


class Restricted(Isolation):
    """A user that nothing else runs as, without capabilities, sockets and, but for notebooks, processes.

    File permissions keep it from what is not for all users. Where the kernel has Landlock, it reaches nothing but
    Python, the allowed packages, the submission and its temporary folder.
    """

    name = "restricted"

    def launch(self, room: Room) -> Launch:
        """Links to the allowed packages where the process can reach them; nobody else may enter the room.

        GraderError when other users cannot get to where temporary files lie.
        """
        if unreachable := _unreachable(room.folder.parent):
            raise GraderError(unreachable)
        allowed, temporary = room.folder / "packages", room.folder / "tmp"
        allowed.mkdir()
        allowed.chmod(0o755)
        temporary.mkdir(mode=0o700)
        packages = [shown(path) for path in room.packages]
        for path in packages:
            (allowed / path.name).symlink_to(path)
        grader, vision = shown(HERE), shown(VISION_FOLDER)
        home = python_home()
        moved = home != Path(sys.base_prefix)
        driver = room.driver
        if not reachable(driver):
            driver = room.folder / f"driver{driver.suffix}"
            show(room.driver, driver)
        stage, data = room.folder / "stage", shown(room.data) if room.data is not None else None
        readable = [*packages, grader, vision, driver, allowed, stage, *([data] if data else [])]
        libraries = [path for folder in _LIBRARIES for path in _without_python(Path(folder))]
        library = home / PYTHON_LIBRARY.relative_to(sys.base_prefix)
        python = [*(path for path in library.iterdir() if path.name not in INSTALLED), home / "bin"]
        python += (home / "lib").glob("libpython*")
        return Launch(
            wrapper=(),
            folder=str(temporary),
            stage=str(stage),
            driver=str(driver),
            packages=str(allowed),
            worker=str(grader / "worker.py"),
            temporary=str(temporary),
            vision=str(vision),
            data=str(data or ""),
            own_user=True,
            counted=True,
            measured=str(temporary),
            python_home=str(home) if moved else "",
            readable=(*map(str, [*readable, *libraries, *python]), *_SYSTEM),
            listable=(str(library),),
            writable=(str(temporary), "/dev/null"),
        )

    def give(self, room: Path, user: int) -> None:
        """Let the user, and nobody else but root, into the room; its temporary folder is its own."""
        os.chown(room / "tmp", user, user)
        os.chown(room, 0, user)
        room.chmod(0o710)

    def end(self, user: int) -> None:
        """Kill whatever runs as this user, also what has left the process group."""
        end_user(user)

    def trouble(self) -> str:
        """Tried once by starting Python as another user."""
        if sys.platform != "linux":
            return "restricted exists for Linux only"
        if os.geteuid() != 0:
            return "only root can run code as another user, run the grader as root in a container or install bubblewrap"
        if platform.machine() not in SYSTEMS:
            return f"there is no system call filter for {platform.machine()}, use bubblewrap"
        if unreachable := _unreachable(Path(tempfile.gettempdir())):
            return unreachable
        if said := starts(self):
            return (
                f"root cannot start Python as another user here ({said}), allow this container the capabilities "
                "SETUID, SETGID, CHOWN and KILL"
            )
        return ""


def _unreachable(folder: Path) -> str:
    if enterable(folder):
        return ""
    return f"other users cannot enter {folder}, set TMPDIR to a folder like /tmp"


def _without_python(folder: Path) -> list[Path]:
    """What is in a folder of system libraries, but for the packages that the system's own Python has there."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.name.startswith("python")]
