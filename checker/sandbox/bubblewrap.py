"""Bubblewrap: the student's process in namespaces of its own, with nothing of the file system but what it needs."""

from __future__ import annotations

import functools
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from checker.sandbox.launch import (
    HERE,
    NOTEBOOK_FILES,
    VISION_FILES,
    VISION_FOLDER,
    WORKER_FILES,
    Isolation,
    Launch,
    Room,
)
from checker.sandbox.trial import starts

_COMMON = (
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session"),
)
_OWN_USER = ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
_USER_NAMESPACE = ("--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL")
_DEVICES = ("null", "zero", "random", "urandom")


class Bubblewrap(Isolation):
    """Namespaces by the bwrap program.

    Started by root, the worker becomes an unprivileged user of its own inside; otherwise a user namespace without
    capabilities does. (Root in a user namespace would still own the files of /proc/sys.)
    """

    name = "bubblewrap"

    def launch(self, room: Room) -> Launch:
        """Mounts for everything that the worker needs."""
        own_user = _as_root()
        shown = {f"/packages/{path.name}": path for path in room.packages}
        shown |= {f"/grader/{name}": HERE / name for name in (*WORKER_FILES, *NOTEBOOK_FILES)}
        shown |= {f"/grader/vision/{name}": VISION_FOLDER / name for name in VISION_FILES}
        driver = f"/grader/driver{room.driver.suffix}"
        shown |= {driver: room.driver, "/submission": room.folder / "stage"}
        if room.data is not None:
            shown["/data"] = room.data
        wrapped = [*_COMMON, *(_OWN_USER if own_user else _USER_NAMESPACE)]
        wrapped += _mounts({**_system(), **shown})
        for path in _installed():
            wrapped += ["--tmpfs", str(path), "--remount-ro", str(path)]
        wrapped += ["--perms", "0755", "--dir", "/dev"]
        for name in _DEVICES:
            wrapped += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
        wrapped += _proc(room.processes)
        wrapped += ["--perms", "1777", "--size", str(room.disk), "--tmpfs", "/tmp"]
        # The root is a file system in memory without a size: nothing may be written there.
        wrapped += ["--remount-ro", "/", "--chdir", "/tmp"]
        return Launch(
            wrapper=(shutil.which("bwrap") or "bwrap",),
            wrapped=tuple(wrapped),
            folder="/",
            stage="/submission",
            driver=driver,
            packages="/packages",
            worker="/grader/worker.py",
            temporary="/tmp",
            vision="/grader/vision",
            data="/data" if room.data is not None else "",
            own_user=own_user,
            counted=True,
            tied=True,
        )

    def trouble(self) -> str:
        """Tried once by starting Python inside."""
        if sys.platform != "linux":
            return "bubblewrap exists for Linux only"
        if shutil.which("bwrap") is None:
            return "the program bwrap is missing, install the Debian package bubblewrap"
        if said := starts(self):
            return f"bwrap cannot make a sandbox ({said}), allow namespaces on this system or use another level"
        return ""


def _proc(processes: bool) -> list[str]:
    """What describes the machine; and the processes only where there may be several.

    A process's own folder would tell where on the grader's machine the mounts come from.
    """
    if processes:
        # The kernel's settings belong to root, which an outer user namespace may make this process without its knowing.
        return ["--proc", "/proc", "--tmpfs", "/proc/sys", "--remount-ro", "/proc/sys"]
    shown = ["--perms", "0755", "--dir", "/proc"]
    for name in ("cpuinfo", "meminfo", "stat"):
        shown += ["--ro-bind", f"/proc/{name}", f"/proc/{name}"]
    return shown


def _as_root() -> bool:
    return os.geteuid() == 0


@functools.cache
def _system() -> dict[str, Path]:
    """The system's libraries and Python, by where they are inside."""
    shown = [Path("/") / name for name in ("usr/lib", "usr/lib32", "usr/lib64", "lib", "lib32", "lib64")]
    shown.append(Path("/etc/ld.so.cache"))
    # Where Python is the system's, its libraries are shown already and the rest of /usr is not needed.
    executable = Path(sys._base_executable)  # type: ignore[attr-defined]  # not in the stubs
    shown += [executable.resolve(), executable] if sys.base_prefix == "/usr" else [Path(sys.base_prefix)]
    return {str(path): path for path in shown if path.exists()}


def _mounts(shown: dict[str, Path]) -> list[str]:
    """Arguments that show files and folders, read-only, in folders that every user can enter."""
    folders: dict[str, None] = {}
    arguments = []
    for inside, path in shown.items():
        folders |= dict.fromkeys(str(folder) for folder in reversed(Path(inside).parents) if folder != Path("/"))
        if path.is_symlink() and str(path) == inside:
            arguments += ["--symlink", str(path.readlink()), inside]
        else:
            arguments += ["--ro-bind", str(path), inside]
    made = [argument for folder in folders for argument in ("--perms", "0755", "--dir", folder)]
    return [*made, *arguments]


def _installed() -> list[Path]:
    """Folders with packages of the base Python and of the system's Python, which are not shown."""
    library = Path(sysconfig.get_path("stdlib"))
    folders = {library / "site-packages", library / "dist-packages", Path("/usr/lib/python3/dist-packages")}
    folders.add(Path(sysconfig.get_path("platstdlib")) / "site-packages")
    return sorted(path for path in folders if path.is_dir())
