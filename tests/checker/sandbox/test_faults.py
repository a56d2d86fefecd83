"""What the student's code raises and what cannot be imported."""

from __future__ import annotations

import py_compile
import sys
from collections.abc import Callable
from pathlib import Path

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


def test_an_exception_ends_the_case_and_keeps_its_outputs(ask: Ask) -> None:
    code = """
    def f(x): return x
    def g(x):
        return helper(x)
    def helper(x):
        return [][1]
    """
    for answer in ask(code, "both", cases=2).answers:
        assert list(answer.outputs) == ["y"]
        assert answer.fault == Fault("raised", "list index out of range", "IndexError", "hw.py:6 in helper")


def test_what_is_missing_for_the_driver_is_the_students_fault(answer: One) -> None:
    fault = answer("def g(x): pass").fault
    assert fault is not None and (fault.kind, fault.type, fault.where) == ("raised", "AttributeError", "")
    assert "'f'" in fault.message
    fault = answer("def f(): pass").fault
    assert fault is not None and (fault.type, fault.where) == ("TypeError", "")


# Statement, kind, message, type.
RAISED = [
    ("import sys; sys.exit(0)", "raised", "the code called sys.exit(0)", "SystemExit"),
    ("import sys; sys.exit()", "raised", "the code called sys.exit()", "SystemExit"),
    ("import sys; sys.exit([1])", "raised", "the code called sys.exit(...)", "SystemExit"),
    ("raise KeyboardInterrupt", "raised", "the code raised KeyboardInterrupt", "KeyboardInterrupt"),
    ("raise GeneratorExit", "raised", "the code raised GeneratorExit", "GeneratorExit"),
    ("raise StopIteration('early')", "raised", "early", "StopIteration"),
    ("raise BaseException('base')", "raised", "base", "BaseException"),
    ("raise BaseExceptionGroup('group', [SystemExit(0)])", "raised", "group (1 sub-exception)", "BaseExceptionGroup"),
    ("raise MemoryError", "memory", "more memory than the limit of 2 GiB", "MemoryError"),
    ("return f9(x)", "raised", "maximum recursion depth exceeded", "RecursionError"),
    ("raise ValueError('x' * 10**6)", "raised", "x" * 500 + "...", "ValueError"),
    ("raise ValueError('\\ud800')", "raised", "\\ud800", "ValueError"),
    ("raise KeyError('k')", "raised", "'k'", "KeyError"),
    ("raise type('Wör d' * 50, (Exception,), {})('m')", "raised", "m", ("W_r_d" * 50)[:60]),
]


def test_every_exception_is_caught(start: Start) -> None:
    functions = "".join(f"def f{row}(x):\n    {statement[0]}\n" for row, statement in enumerate(RAISED))
    cases = [Case({"x": np.ones(2)}, {"row": row}) for row in range(len(RAISED))]
    code = functions + "def f(case): globals()[f'f{case.row}'](case.x)"
    answers = start(code).ask("whole", ["hw"], cases).answers
    for row, (answer, (_, kind, message, type_name)) in enumerate(zip(answers, RAISED, strict=True)):
        assert answer.fault == Fault(kind, message, type_name, f"hw.py:{2 * row + 2} in f{row}")


@pytest.mark.parametrize(
    "body",
    [
        "def __str__(self): raise SystemExit(0)",
        "def __str__(self): return 3",
        "def __str__(self): return self.__str__()",
        "def __str__(self):\n        return type('S', (str,), {'__len__': lambda s: -1, 'encode': lambda *a: 1})('ok')",
        "__class__ = __traceback__ = __cause__ = args = property(lambda self: 1 / 0)",
    ],
)
def test_exceptions_that_lie_are_shown_all_the_same(answer: One, body: str) -> None:
    code = f"class Lie(Exception):\n    {body}\ndef f(x): raise Lie()"
    fault = answer({"hw.py": code}).fault
    assert fault is not None and (fault.kind, fault.type) == ("raised", "Lie")
    assert fault.where.endswith("in f")
    assert fault.message in ("(the exception's text cannot be shown)", "ok", "")


def test_syntax_error_says_where(ask: Ask) -> None:
    answers = ask({"hw.py": "import other", "other.py": "a = 1\ndef f(x:\n"}, cases=3).answers
    assert len(answers) == 3
    for answer in answers:
        assert answer.fault == Fault("raised", "'(' was never closed", "SyntaxError", "other.py:2", importing=True)


def test_absent_packages_are_named(answer: One) -> None:
    fault = answer("import torch").fault
    expected = Fault("raised", "No module named 'torch'", "ModuleNotFoundError", "hw.py:1 in <module>", True, "torch")
    assert fault == expected


def test_absent_packages_are_named_when_imported_late(answer: One) -> None:
    fault = answer("def f(x): import torch.nn").fault
    assert fault is not None and fault.module == "torch" and not fault.importing


def test_only_what_is_absent_is_named_missing(answer: One) -> None:
    fault = answer("raise ModuleNotFoundError('no', name='numpy')").fault
    assert fault is not None and fault.module == "" and fault.importing


def test_a_guarded_import_of_something_absent_works(answer: One) -> None:
    code = """
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        plt = None
    def f(x): return x
    """
    assert answer(code).fault is None


def test_the_missing_file_of_a_submission_is_named(start: Start) -> None:
    fault = start("").ask("one", ["modules.conv"], [ones()]).answers[0].fault
    assert fault is not None and (fault.module, fault.importing) == ("modules", True)


def test_an_import_fault_is_met_once(start: Start) -> None:
    student = start({"bad.py": "print('importing')\n1 / 0", "hw.py": "def f(x): return x"})
    first = student.ask("one", ["bad"], [ones()] * 3)
    again = student.ask("one", ["bad"], [ones()] * 3)
    assert first.printed == "importing\n" and again.printed == ""
    assert first.answers == again.answers
    assert {a.fault.type for a in first.answers if a.fault} == {"ZeroDivisionError"}
    assert student.ask("one", ["hw"], [ones()]).answers[0].fault is None


def test_an_import_that_hangs_or_dies_is_met_once(start: Start) -> None:
    files = {"slow.py": "while True: pass", "dead.py": "import os; os._exit(3)", "hw.py": "def f(x): return x"}
    student = start(files, limits=Limits(import_seconds=1.0))
    for name, kind in (("slow", "timeout"), ("dead", "died")):
        first = student.ask("one", ["hw", name], [ones()] * 2).answers
        assert [a.fault.kind for a in first if a.fault and a.fault.importing] == [kind] * 2
        assert student.ask("one", ["hw", name], [ones()] * 2).answers == first
        assert student.ask("one", [name], [ones()]).answers == first[:1]
    assert student.ask("one", ["hw"], [ones()]).answers[0].fault is None


def test_modules_are_imported_once(start: Start) -> None:
    student = start("value = 0\nprint('once')")
    assert student.ask("loaded", ["hw"], [Case({})] * 2).printed == "once\n"
    assert student.ask("loaded", ["hw"], [Case({})]).printed == ""


@pytest.mark.parametrize(
    "name", ["numpy.py", "random.py", "conftest.py", "sitecustomize.py", "numpy/__init__.py", "wire.py"]
)
def test_files_of_a_submission_shadow_nothing(answer: One, name: str) -> None:
    code = """
    import random
    import numpy as np
    def f(x): return np.asarray(x) + 0 * random.random()
    """
    assert answer({"hw.py": code, name: "raise RuntimeError('shadowed')"}).fault is None


def test_short_names_of_the_grader_are_not_importable(answer: One) -> None:
    code = """
    def f(x):
        for name in ("wire", "worker", "driver", "seccomp", "checker", "reference", "limits"):
            try:
                __import__(name)
            except ModuleNotFoundError:
                continue
            raise AssertionError(name)
        return x
    """
    assert answer(code).fault is None


def test_compiled_files_are_not_used(start: Start, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("raise RuntimeError('compiled')")
    student = start({"hw.py": "def f(x): return x", "__pycache__/keep": ""})
    student.close()
    for target in (f"__pycache__/hw.{sys.implementation.cache_tag}.pyc", "lone.pyc"):
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(wrong), str(tmp_path / "stage" / target), invalidation_mode=mode)
    assert student.ask("one", ["hw"], [ones()]).answers[0].fault is None
    fault = student.ask("one", ["lone"], [ones()]).answers[0].fault
    assert fault is not None and fault.module == "lone"
