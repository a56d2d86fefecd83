"""Code that hangs or dies costs its own outputs, some time, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checker.operator import Case
from checker.sandbox.answer import Answer, Answers, Fault
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess
from tests.checker.sandbox.conftest import ones

Ask = Callable[..., Answers]
One = Callable[..., Answer]
Start = Callable[..., StudentProcess]
SHORT = Limits(case_seconds=1.0)
HUNG = Fault("timeout", "no answer within 1 s")
MEMORY = "the process was killed, most likely because it used too much memory"


def test_an_endless_loop(ask: Ask) -> None:
    got = ask("def f(x):\n    print('before', end='')\n    while True: pass", cases=4, limits=SHORT)
    assert got.answers == (Answer(fault=HUNG),) * 4
    assert got.printed in ("before", "")


def test_an_endless_loop_that_resists(ask: Ask) -> None:
    code = """
    import signal
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    def f(x):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
    """
    assert ask(code, cases=2, limits=SHORT).answers == (Answer(fault=HUNG),) * 2


def test_a_blocking_call(answer: One) -> None:
    code = """
    import threading
    def f(x): threading.Lock().acquire(); threading.Event().wait()
    """
    assert answer(code, limits=SHORT).fault == HUNG


def test_a_hanging_backward_does_not_cost_the_forward(ask: Ask) -> None:
    code = """
    def f(x): return x
    def g(x):
        while True: pass
    """
    answers = ask(code, "both", cases=5, limits=SHORT).answers
    assert [list(a.outputs) for a in answers] == [["y"]] * 5
    assert [a.fault for a in answers] == [HUNG] * 5


def test_each_death_asks_for_less(start: Start) -> None:
    code = """
    import os
    def f(x):
        if x[0, 0] == 3: os._exit(1)
        return x
    def g(x):
        if x[0, 0] == 1: os._exit(0)
        return x
    """
    cases = [Case({"x": np.full((2, 3), float(i))}) for i in range(6)]
    student = start(code)
    answers = student.ask("both", ["hw"], cases).answers
    assert [list(a.outputs) for a in answers] == [["y", "x.grad"], ["y"], ["y"], [], [], []]
    assert [a.fault.message.split(" before")[0] for a in answers if a.fault] == [
        "the process exited with status 0",
        "the process exited with status 0",
        "the process exited with status 1",
        "the process exited with status 1",
        "the process exited with status 1",
    ]
    assert list(student.ask("both", ["hw"], cases[:1]).answers[0].outputs) == ["y", "x.grad"]


def test_an_exception_after_a_death_is_still_seen(start: Start) -> None:
    code = """
    import os
    def f(x):
        if x[0, 0] == 1: raise ValueError("one")
        return x
    def g(x): os._exit(0)
    """
    cases = [Case({"x": np.full((2, 3), float(i))}) for i in range(3)]
    faults = [a.fault for a in start(code).ask("both", ["hw"], cases).answers]
    assert [f.kind for f in faults if f] == ["died", "raised", "died"]


def test_all_cases_together_have_a_limit(start: Start) -> None:
    code = """
    import time
    def f(x): time.sleep(0.3); return x
    """
    limits = Limits(case_seconds=5.0, task_seconds=1.5)
    student = start(code, limits=limits)
    answers = student.ask("one", ["hw"], [ones()] * 50).answers
    done = sum(1 for a in answers if a.fault is None)
    assert 0 < done < 6
    late = Fault("timeout", "the time for all cases, 1.5 s, ran out")
    assert [a.fault for a in answers[done:]] == [late] * (50 - done)
    assert student.ask("one", ["hw"], [ones()]).answers[0].fault is None


@pytest.mark.parametrize(
    ("statement", "kind", "message"),
    [
        ("os._exit(0)", "died", "the process exited with status 0 before it answered (os._exit?)"),
        ("os._exit(7)", "died", "the process exited with status 7 before it answered (os._exit?)"),
        ("os.abort()", "died", "the process was killed by SIGABRT"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "died", "the process was killed by SIGTERM"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "memory", MEMORY),
        ("ctypes.string_at(0)", "died", "the process crashed: segmentation fault (endless recursion?)"),
        ("os.closerange(0, 1000)", "died", "the process closed its connection to the grader"),
        ("os.closerange(0, 1000); os.pipe(); os.pipe()", "died", "the process closed its connection to the grader"),
    ],
)  # fmt: skip
def test_deaths(ask: Ask, statement: str, kind: str, message: str) -> None:
    code = f"import ctypes, os, signal\ndef f(x):\n    {statement}\n    return x"
    answers = ask(code, cases=3).answers
    assert answers == (Answer(fault=Fault(kind, message)),) * 3  # type: ignore[arg-type]


def test_what_was_printed_before_a_death_is_kept(ask: Ask) -> None:
    assert ask("import os\ndef f(x): print('last words'); os._exit(0)").printed == "last words\n"


def test_a_death_between_two_calls_is_nobodys_fault(start: Start) -> None:
    code = """
    import os, threading
    def f(x):
        threading.Timer(0.5, os._exit, [0]).start()
        return x
    """
    student = start(code)
    assert student.ask("one", ["hw"], [ones()]).answers[0].fault is None
    live = student._live
    assert live is not None
    live._process.wait(30)
    assert student.ask("one", ["hw"], [ones()]).answers[0].fault is None
