"""The files that the student's process may reach, as a Linux Landlock domain (kernel 5.13 and newer).

The worker loads this file by its path, so it imports only the standard library. A refused access fails with EACCES,
which Python shows as PermissionError. Sources: landlock(7), linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
_FIRST_VERSION = (1 << 13) - 1
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_NETWORK = 1 << 0 | 1 << 1  # bind and connect of TCP
_SCOPES = 1 << 0 | 1 << 1  # abstract sockets and signals stay inside the domain


def version() -> int:
    """Which version of Landlock the kernel has; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, 0, _VERSION)))


def prepare(readable: Sequence[str], listable: Sequence[str], writable: Sequence[str]) -> int:
    """A ruleset (a file descriptor) that leaves these files and folders; -1 where the kernel has no Landlock.

    ``readable`` may be read and executed with all below, ``listable`` folders be listed, ``writable`` ones changed.
    Whoever calls needs to reach the paths; those that do not exist are left out. OSError when the kernel refuses, or
    when other threads run already, which the rules would not hold.
    """
    newest = version()
    if newest == 0:
        return -1
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise OSError("threads run already that Landlock would leave out")
    files = _FIRST_VERSION
    for first, right in ((2, _REFER), (3, _TRUNCATE), (5, _DEVICE_CONTROL)):
        files |= right if newest >= first else 0
    attributes = struct.pack("=QQQ", files, _NETWORK, _SCOPES)
    attributes = attributes[: 24 if newest >= 6 else 16 if newest >= 4 else 8]
    ruleset = _checked(_libc().syscall(_CREATE_RULESET, attributes, len(attributes), 0))
    rights = (
        (readable, _READ_FILE | _READ_FOLDER | _EXECUTE),
        (listable, _READ_FOLDER),
        (writable, files & ~(_DEVICE_CONTROL | _EXECUTE)),
    )
    for paths, allowed in rights:
        for path in paths:
            _allow(ruleset, path, allowed & files)
    return ruleset


def enter(ruleset: int) -> None:
    """Put this thread and all that it starts into the domain for good; OSError when the kernel refuses."""
    if ruleset >= 0:
        _checked(_libc().syscall(_RESTRICT_SELF, ruleset, 0))
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, descriptor)
        _checked(_libc().syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses the Landlock rules")
    return result
