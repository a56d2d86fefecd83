"""The fence that the worker puts around itself before it runs the student's code.

The worker loads this file by its path, so it imports only the standard library.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522
_OPEN_FILES = 64
_OPEN_FILES_OF_SEVERAL = 256
_THREADS = 64
_LAST_SECONDS = 5


def limit_resources(memory: int, file_size: int, tasks: int | None, processes: int, processor_seconds: int) -> None:
    """Lower the limits of memory, file size, open files, processor time and core dumps.

    Where ``processes`` may be started, which talk to each other, more files may be open.
    ``tasks`` limits the processes that the user may have (and, generously, the threads).
    A system that refuses a limit (macOS: the address space) keeps its own.
    """
    wanted = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_NOFILE: _OPEN_FILES_OF_SEVERAL if processes else _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: processor_seconds,
    }
    if tasks is not None:
        wanted[resource.RLIMIT_NPROC] = tasks + _THREADS
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        with contextlib.suppress(OSError, ValueError):
            # At the first limit of processor time comes a signal that says so, at the second one that does not.
            resource.setrlimit(kind, (value, value + _LAST_SECONDS if kind == resource.RLIMIT_CPU else value))
    # A file that grows too large then fails with OSError instead of killing the process.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def become(user: int) -> None:
    """Give up root for a user that nothing else runs as; OSError when that is not possible."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_privileges() -> None:
    """Linux: die with the grader, no capabilities, none to be gained; OSError when the kernel refuses."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    for failed in (
        libc.capset(header, nothing),
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0),
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    ):
        if failed:
            raise OSError(ctypes.get_errno(), "the kernel refuses to drop privileges")
