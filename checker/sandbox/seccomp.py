"""The system calls that the student's process may not make, as a Linux seccomp filter.

The worker loads this file by its path, so it imports only the standard library. A refused call fails with EPERM,
which Python shows as PermissionError. Sources: seccomp(2), linux/filter.h, asm/unistd.h of both architectures.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_X32 = 0x40000000

_AF_UNIX = 1
_PR_SET_PDEATHSIG = 1

_CLONE_THREAD = 0x00010000
_CLONE_NAMESPACES = 0x7E020000  # NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET

# For each architecture: its audit number, and the numbers of the calls by name.
_X86_64 = 0xC000003E, {
    "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "seccomp": 317, "prlimit64": 302,
    "kill": 62, "tkill": 200, "tgkill": 234, "socket": 41, "ptrace": 101, "process_vm_readv": 310,
    "process_vm_writev": 311, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272,
    "setns": 308, "bpf": 321, "keyctl": 250, "add_key": 248, "request_key": 249, "perf_event_open": 298,
    "userfaultfd": 323, "kexec_load": 246, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "open_by_handle_at": 304, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240, "setrlimit": 160,
    "setsid": 112, "setpgid": 109, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "prctl": 157, "socketpair": 53,
    "memfd_create": 319, "syslog": 103,
}  # fmt: skip
_AARCH64 = 0xC00000B7, {
    "clone": 220, "execve": 221, "execveat": 281, "seccomp": 277, "prlimit64": 261,
    "kill": 129, "tkill": 130, "tgkill": 131, "socket": 198, "ptrace": 117, "process_vm_readv": 270,
    "process_vm_writev": 271, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97,
    "setns": 268, "bpf": 280, "keyctl": 219, "add_key": 217, "request_key": 218, "perf_event_open": 241,
    "userfaultfd": 282, "kexec_load": 104, "init_module": 105, "finit_module": 273, "delete_module": 106,
    "open_by_handle_at": 265, "shmget": 194, "msgget": 186, "semget": 190, "mq_open": 180, "setrlimit": 164,
    "setsid": 157, "setpgid": 154, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "prctl": 167, "socketpair": 199,
    "memfd_create": 279, "syslog": 116,
}  # fmt: skip
# Calls newer than the tables' split have one number everywhere.
_COMMON = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442,
}  # fmt: skip
SYSTEMS = {"x86_64": _X86_64, "aarch64": _AARCH64}

_STARTS_PROCESSES = {"fork", "vfork", "execve", "execveat"}
_DEPENDS_ON_ARGUMENTS = {
    "clone",
    "clone3",
    "prlimit64",
    "kill",
    "tkill",
    "tgkill",
    "seccomp",
    "socket",
    "socketpair",
    "prctl",
}


def install(processes: int) -> bool:
    """Put this process under the filter for good; False where there is none for the system.

    Without ``processes`` it can start threads but no process, signal nobody but itself, and open no socket. With them,
    they may talk to each other through sockets in the file system, but never to a network. OSError when the kernel
    refuses.
    """
    system = SYSTEMS.get(platform.machine())
    if sys.platform != "linux" or system is None:
        return False
    code = program(*system, processes, os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    descriptor = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(system[1]["seccomp"], _SET_MODE_FILTER, _ALL_THREADS, descriptor):
        raise OSError(ctypes.get_errno(), "the kernel refuses the system call filter")
    return True


def program(architecture: int, numbers: dict[str, int], processes: int, pid: int) -> bytes:
    """The filter's instructions (8 bytes each) for one architecture."""
    numbers = numbers | _COMMON
    refuse = _return(_ERRNO | errno.EPERM)
    code = [
        _load(_ARCHITECTURE),
        _instruction(_EQUAL, architecture, 1, 0),
        _return(_KILL),
        _load(_NUMBER),
        _instruction(_AT_LEAST, _X32, 0, 1),
        refuse,
    ]
    for name, number in numbers.items():
        if name not in _DEPENDS_ON_ARGUMENTS and (not processes or name not in _STARTS_PROCESSES):
            code += _when(number, [refuse])
    # glibc falls back to clone, whose flags can be seen here.
    code += _when(numbers["clone3"], [_return(_ERRNO | errno.ENOSYS)])
    clone = [_argument(0), _instruction(_ANY_BIT, _CLONE_NAMESPACES, 0, 1), refuse]
    if not processes:
        clone += [_instruction(_ANY_BIT, _CLONE_THREAD, 1, 0), refuse]
    code += _when(numbers["clone"], [*clone, _return(_ALLOW)])
    # prlimit64 reads limits (new limit is NULL) or changes them.
    no_limit = [_argument(2), _instruction(_EQUAL, 0, 1, 0), refuse, _argument(2, high=True)]
    code += _when(numbers["prlimit64"], [*no_limit, _instruction(_EQUAL, 0, 1, 0), refuse, _return(_ALLOW)])
    local = [_argument(0), _instruction(_EQUAL, _AF_UNIX, 0, 1), _return(_ALLOW)] if processes else []
    code += _when(numbers["socket"], [*local, refuse])
    code += _when(numbers["socketpair"], [_argument(0), _instruction(_EQUAL, _AF_UNIX, 0, 1), _return(_ALLOW), refuse])
    # It dies with the grader, whatever it wants.
    code += _when(
        numbers["prctl"], [_argument(0), _instruction(_EQUAL, _PR_SET_PDEATHSIG, 0, 1), refuse, _return(_ALLOW)]
    )
    if not processes:
        for name in ("kill", "tkill", "tgkill"):
            itself = [_argument(0), _instruction(_EQUAL, pid, 1, 0), refuse, _return(_ALLOW)]
            code += _when(numbers[name], itself)
    return b"".join([*code, _return(_ALLOW)])


def _instruction(operation: int, value: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, jump_true, jump_false, value)


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, offset)


def _argument(index: int, high: bool = False) -> bytes:
    return _load(_ARGUMENTS + 8 * index + 4 * high)


def _return(action: int) -> bytes:
    return _instruction(_RETURN, action)


def _when(number: int, body: list[bytes]) -> list[bytes]:
    """``body`` (which returns) for the call with this number, otherwise on."""
    return [_instruction(_EQUAL, number, 0, len(body)), *body]
