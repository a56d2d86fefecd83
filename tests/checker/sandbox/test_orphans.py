"""No process of a student outlives its grader, and nothing of a student's is left after its end."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.sandbox.isolation import Isolation
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess
from checker.sandbox.users import processes_of
from tests.checker.sandbox.conftest import ones

Start = Callable[..., StudentProcess]

GRADER = """
import sys, tempfile
from pathlib import Path
import numpy as np
from checker.operator import Case
from checker.sandbox.isolation import choose
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess

tempfile.tempdir, level, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
student = StudentProcess(
    stage=Path(sys.argv[1]) / "stage", root="", driver=Path(sys.argv[1]) / "driver.py", packages=["numpy"],
    limits=Limits(case_seconds=600, task_seconds=600, processes=processes), isolation=choose(level),
)
student.watch = lambda line: print(line, flush=True)
student.ask("one", ["hw"], [Case({"x": np.ones(1)})])
"""

ALONE = """
import ctypes, signal, threading
def f(x):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    print("running", flush=True)
    threading.Event().wait()
"""

SEVERAL = """
import os, signal, threading
def f(x):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    for _ in range(2):
        if os.fork() == 0:
            if os.fork() == 0:
                try:
                    os.setsid()
                except OSError:
                    pass
                threading.Event().wait()
            os._exit(0)
    print("running", flush=True)
    threading.Event().wait()
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files that other users can enter."""
    with tempfile.TemporaryDirectory(prefix="tests-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "stage").mkdir()
        (folder / "driver.py").write_text('def one(hw, case):\n    yield "y", hw.f(case.x)\n')
        yield folder


@pytest.mark.parametrize(("code", "processes"), [(ALONE, 0), (SEVERAL, 8)], ids=["one process", "several"])
def test_no_process_outlives_a_killed_grader(temporary: Path, isolation: Isolation, code: str, processes: int) -> None:
    """The end of a pipe that all of the student's processes hold open tells when they are gone."""
    (temporary / "stage" / "hw.py").write_text(code)
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    code = GRADER.replace("import sys, tempfile", _INHERIT)
    grader = subprocess.Popen(
        [sys.executable, "-c", code, str(temporary), isolation.name, str(processes), str(writer)],
        stdout=subprocess.PIPE,
        pass_fds=[writer],
        text=True,
    )
    os.close(writer)
    assert grader.stdout is not None
    assert grader.stdout.readline() == "running\n"
    grader.kill()
    grader.wait()
    grader.stdout.close()
    try:
        assert select.select([reader], [], [], 60)[0], "a process of the student's still runs"
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


# Hands a descriptor of the test's on to all processes that are started.
_INHERIT = """
import subprocess, sys, tempfile
class Popen(subprocess.Popen):
    def __init__(self, command, *, pass_fds=(), **options):
        if pass_fds:
            pass_fds = (*pass_fds, int(sys.argv[4]))
        super().__init__(command, pass_fds=pass_fds, **options)
subprocess.Popen = Popen
"""


def test_nothing_runs_as_a_user_that_is_ended(start: Start, isolation: Isolation) -> None:
    """Processes that fork without end, and have left their parents, are gone when the next is started."""
    if isolation.name != "restricted":
        pytest.skip("only restricted has users of its own outside of namespaces")
    code = """
    import os
    def f(x):
        if os.fork() == 0:
            for _ in range(3): os.fork()
            while True:
                try:
                    if os.fork(): os._exit(0)
                except OSError:
                    pass
        return float(os.getuid())
    """
    student = start(code, limits=Limits(processes=16))
    value = student.ask("one", ["hw"], [ones()]).answers[0].outputs["y"].array
    assert value is not None
    user = int(value)
    student.close()
    assert user > 0x70000000 and processes_of(user) == []


def test_a_guardian_ends_with_its_grader() -> None:
    """It is no process that stays, however its grader ends."""
    code = "from checker.sandbox import guardian as g; g.watch(10**9, 0); print(g._running[1].pid, flush=True); {end}"
    for end in ("g.forget(10**9)", "__import__('os').kill(__import__('os').getpid(), 9)"):
        done = subprocess.run([sys.executable, "-c", code.format(end=end)], stdout=subprocess.PIPE, check=False)
        assert done.returncode in (0, -signal.SIGKILL)
        pid = int(done.stdout)
        try:
            ended = os.pidfd_open(pid)
        except (AttributeError, ProcessLookupError):
            continue
        try:
            assert select.select([ended], [], [], 60)[0]
        finally:
            os.close(ended)
