"""Code that attacks the grader or the system gets a fault, and the grader goes on."""

from __future__ import annotations

import socket
from collections.abc import Callable

import numpy as np
import pytest

from checker.sandbox.answer import Answer, Answers
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess
from tests.checker.sandbox.conftest import ones

Ask = Callable[..., Answers]
One = Callable[..., Answer]
Start = Callable[..., StudentProcess]
FORBIDDEN = ("raised", "PermissionError")


def outcome(answer: Answer) -> tuple[str, str]:
    """Kind and type of a fault."""
    assert answer.fault is not None
    return answer.fault.kind, answer.fault.type


@pytest.mark.parametrize(
    "statement",
    ["x = [bytearray(1 << 20) for _ in range(10_000)]", "x = np.ones((1 << 14, 1 << 14))", "x = 'a' * (1 << 31)"],
)
def test_a_memory_bomb(ask: Ask, statement: str) -> None:
    answers = ask(f"import numpy as np\ndef f(x):\n    {statement}", cases=2, limits=Limits(memory=256 << 20)).answers
    assert [a.fault.kind for a in answers if a.fault] == ["memory"] * 2


@pytest.mark.parametrize(
    "statement",
    [
        "while True: os.fork()",
        "subprocess.run(['true'])",
        "os.system('true') and os.fork()",
        "os.execv('/bin/true', ['true'])",
        "multiprocessing.Process(target=print).start()",
        "os.posix_spawn('/bin/true', ['true'], {})",
    ],
)
def test_processes_are_refused(answer: One, statement: str) -> None:
    code = f"import multiprocessing, os, subprocess\ndef f(x):\n    {statement}"
    assert outcome(answer(code)) == FORBIDDEN


@pytest.mark.parametrize(
    "statement",
    [
        "socket.socket()",
        "socket.socket(socket.AF_INET6)",
        "socket.socket(socket.AF_UNIX)",
        "socket.create_connection(('127.0.0.1', PORT))",
        "urllib.request.urlopen('http://127.0.0.1:PORT/')",
    ],
)
def test_the_network_is_refused(answer: One, statement: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket, urllib.request\ndef f(x):\n    {statement.replace('PORT', str(port))}"
        kind, name = outcome(answer(code))
    assert kind == "raised" and name in ("PermissionError", "URLError")


@pytest.mark.parametrize(
    "statement",
    [
        "os.kill(os.getppid(), signal.SIGKILL)",
        "os.kill(1, signal.SIGTERM)",
        "os.killpg(0, signal.SIGKILL)",
        "os.setsid()",
        "check(libc.unshare(0x10000000))",
        "check(libc.ptrace(16, os.getppid(), 0, 0))",
        "check(libc.mount(b'none', b'/tmp', b'tmpfs', 0, 0))",
        "check(libc.syscall(425, 1, 0))",
        "check(libc.shmget(0, 1 << 30, 0o1600))",
        "check(libc.prctl(1, 0, 0, 0, 0))",
        "os.memfd_create('unseen')",
        "socket.socketpair(socket.AF_INET)",
        "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))",
        "os.chown(os.getcwd(), 12345, 12345)",
        "os.chroot('/')",
    ],
)
def test_system_calls_are_refused(answer: One, statement: str) -> None:
    code = f"""
    import ctypes, os, resource, signal, socket
    libc = ctypes.CDLL(None, use_errno=True)
    def check(result):
        if result < 0: raise OSError(ctypes.get_errno(), "refused")
    def f(x):
        {statement}
    """
    kind, name = outcome(answer(code))
    assert kind == "raised" and name in ("PermissionError", "OSError")


def test_threads_work(answer: One) -> None:
    code = """
    import threading
    from concurrent.futures import ThreadPoolExecutor
    def f(x):
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(lambda row: row * 2, x))
    """
    np.testing.assert_array_equal(answer(code).outputs["y"].array, [4.0, 4.0, 4.0])


def test_a_thread_bomb_is_refused(answer: One) -> None:
    code = """
    import threading
    def f(x):
        stop = threading.Event()
        try:
            while True: threading.Thread(target=stop.wait, daemon=True).start()
        finally:
            stop.set()
    """
    assert outcome(answer(code, limits=Limits(memory=1 << 30))) == ("raised", "RuntimeError")


def test_processes_can_be_allowed_and_none_is_left(answer: One) -> None:
    code = """
    import os, sys, time
    def f(x):
        for _ in range(3):
            if os.fork() == 0:
                try:
                    os.setsid()
                except OSError:
                    pass
                while True: time.sleep(1)
        return x
    """
    assert answer(code, limits=Limits(processes=8)).fault is None


def test_large_files_are_refused(answer: One) -> None:
    code = """
    def f(x):
        with open("large", "wb") as file:
            for _ in range(100): file.write(bytes(1 << 20))
    """
    assert outcome(answer(code, limits=Limits(file_size=4 << 20))) == ("raised", "OSError")


def test_the_temporary_folder_is_the_process_own(answer: One) -> None:
    code = """
    import os, tempfile
    def f(x):
        assert os.listdir() == [] and os.path.samefile(os.getcwd(), tempfile.gettempdir())
        assert os.path.samefile(os.path.expanduser("~"), os.getcwd())
        folder = os.getcwd()
        for _ in range(400):
            os.mkdir("d" * 20)
            os.chdir("d" * 20)
        open("file", "w").close()
        os.chdir(folder)
        os.mkdir("closed")
        open("closed/file", "w").close()
        os.chmod("closed", 0)
        return x
    """
    assert answer(code).fault is None


def test_processor_time_has_an_end_of_its_own(answer: One) -> None:
    fault = answer("def f(x):\n    while True: pass", limits=Limits(processor_seconds=1, case_seconds=60)).fault
    assert fault is not None
    assert (fault.kind, fault.message) == ("timeout", "the process used more processor time than it may")


def test_many_open_files_are_refused(answer: One) -> None:
    code = "def f(x): files = [open('/dev/null') for _ in range(1000)]"
    assert outcome(answer(code)) == ("raised", "OSError")


def test_the_environment_is_empty(answer: One, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SECRET", "secret")
    code = """
    import os, sys, glob
    def f(x):
        assert set(os.environ) <= {
            "HOME", "TMPDIR", "LANG", "LC_CTYPE", "PWD",
            "PYTHONHASHSEED", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE",
            "PYTHONHOME", "LD_LIBRARY_PATH",
        }, set(os.environ)
        assert sys.stdin.read() == ""
        return x
    """
    assert answer(code).fault is None


def test_a_flood_of_prints_is_cut(ask: Ask) -> None:
    code = """
    import sys
    def f(x):
        print("first")
        for _ in range(100): sys.stdout.write("x" * (1 << 20))
        print("last")
        return x
    """
    got = ask(code, limits=Limits(printed=1000))
    assert got.answers[0].fault is None
    assert got.printed.startswith("first\nxxx") and got.printed.endswith("xxxlast\n")
    assert f"\n... {100 * (1 << 20) + 11 - 1000} bytes left out ...\n" in got.printed
    assert len(got.printed) < 1100


def test_a_thread_that_prints_for_ever_holds_up_nothing(start: Start) -> None:
    code = """
    import os, threading
    def flood():
        while True: os.write(1, b"x" * 4096)
    threading.Thread(target=flood, daemon=True).start()
    def f(x): return x
    """
    student = start(code)
    for _ in range(3):
        got = student.ask("one", ["hw"], [ones()])
        assert got.answers[0].fault is None and len(got.printed) < 20_000


def test_prints_need_not_be_text(ask: Ask) -> None:
    code = """
    import os, sys
    def f(x):
        os.write(1, b"\\xff\\xfe")
        print("\\ud800")
        sys.stdout.close()
        sys.stderr = None
        return x
    """
    got = ask(code, cases=2)
    assert got.printed.startswith("\\xff\\xfe\\ud800\n")
    assert got.answers[0].fault is None


RECURSIONS = {
    "plain": "def f(x): return f(x)",
    "unlimited": "import sys; sys.setrecursionlimit(10**9)\ndef f(x): return f(x)",
    "in C": """
        import sys; sys.setrecursionlimit(10**9)
        class C:
            def __repr__(self): return repr(self)
        def f(x): return repr(C())
    """,
    "limit lowered": """
        import sys
        def f(x): sys.setrecursionlimit(sys.getrecursionlimit() - 980); return g(x)
        def g(x): return g(x)
    """,
}


@pytest.mark.parametrize("code", RECURSIONS.values(), ids=RECURSIONS.keys())
def test_deep_recursion(ask: Ask, code: str) -> None:
    limits = Limits(memory=256 << 20, case_seconds=3.0)
    for answer in ask(code, cases=3, limits=limits).answers:
        assert answer.fault is not None and answer.outputs == {}


def test_forged_frames_are_not_read_as_anything_else(ask: Ask) -> None:
    code = """
    import os
    def f(x):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b"\\xff" * 100)
            except OSError:
                pass
        return x
    """
    for answer in ask(code, cases=2).answers:
        assert answer.fault is not None
        assert answer.fault.message == "the process sent a reply that the grader cannot read"


def test_an_endless_stream_of_forged_replies_ends(ask: Ask) -> None:
    code = """
    import os, struct
    def f(x):
        text = b'["outputs",["a%d"],[["ndarray","float64",[131072],"<f8",""]],[],{}]'
        number = 0
        while True:
            header = text % number
            number += 1
            data = struct.pack("<IQ", len(header), 1 << 20) + header + bytes(1 << 20)
            for descriptor in range(3, 64):
                try:
                    os.set_blocking(descriptor, True)
                    view = memoryview(data)
                    while view: view = view[os.write(descriptor, view):]
                except OSError:
                    pass
    """
    answers = ask(code, cases=2, limits=Limits(reply=1 << 20)).answers
    assert answers[0].fault is not None
    assert answers[0].fault.message == "the process sent a reply that the grader cannot read"
