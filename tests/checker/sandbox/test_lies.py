"""Objects and functions that pretend to be something else are taken for what they are."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import numpy as np
import pytest

from checker.sandbox.answer import Answer, Answers
from checker.sandbox.process import StudentProcess
from tests.checker.sandbox.conftest import ones

Ask = Callable[..., Answers]
One = Callable[..., Answer]
Start = Callable[..., StudentProcess]

LIARS = {
    "class": """
        class V:
            __class__ = np.ndarray
            shape = (2, 3)
            dtype = np.dtype(float)
            def __array__(self, *a, **k): return np.ones((2, 3))
    """,
    "attributes": """
        class V:
            def __getattribute__(self, name): os._exit(0)
    """,
    "metaclass": """
        class M(type):
            __name__ = __mro__ = property(lambda self: os._exit(0))
            def __instancecheck__(self, other): os._exit(0)
            def __subclasscheck__(self, other): os._exit(0)
            def __eq__(self, other): return True
            __hash__ = type.__hash__
        class V(metaclass=M): pass
    """,
    "sequence": """
        class V:
            def __len__(self): os._exit(0)
            def __iter__(self): os._exit(0)
            def __eq__(self, other): return True
            __hash__ = None
    """,
    "float": """
        class V(float):
            def __float__(self): os._exit(0)
    """,
    "int": """
        class V(int):
            def __index__(self): os._exit(0)
    """,
    "str": """
        class V(str):
            def __str__(self): os._exit(0)
    """,
    "numpy scalar": """
        class V(np.float64):
            def __array__(self, *a, **k): os._exit(0)
            def __float__(self): os._exit(0)
    """,
}


@pytest.mark.parametrize("code", LIARS.values(), ids=LIARS.keys())
def test_objects_that_lie_are_no_arrays(start: Start, code: str) -> None:
    student = start(f"import os\nimport numpy as np\n{dedent(code)}\ndef f(x): return V()")
    for call in ("one", "three"):
        got = student.ask(call, ["hw"], [ones()]).answers[0]
        assert got.fault is None
        for value in got.outputs.values():
            assert (value.type, value.array, value.shape) == ("V", None, ())


def test_tuples_that_lie_are_taken_for_what_they_hold(answer: One) -> None:
    code = """
    import os
    class V(tuple):
        def __len__(self): return 3
        def __iter__(self): os._exit(0)
        def __getitem__(self, key): os._exit(0)
    def f(x): return V((x, x))
    """
    assert {v.note for v in answer(code, "three").outputs.values()} == {"2 values instead of 3"}
    assert list(answer(code.replace("(x, x)", "(x, x, x)"), "three").outputs) == ["a", "b", "c"]


def test_subclasses_of_ndarray_are_taken_for_what_they_hold(answer: One) -> None:
    code = """
    import os
    import numpy as np
    class V(np.ndarray):
        shape = dtype = nbytes = property(lambda self: os._exit(0))
        def __array_finalize__(self, other): pass
        def __array_ufunc__(self, *args, **options): os._exit(0)
        def __array_function__(self, *args): os._exit(0)
        def __array__(self, *args, **options): os._exit(0)
        def tobytes(self): os._exit(0)
        def astype(self, *args): os._exit(0)
    def f(x): return np.ndarray.view(x + 1, V)
    """
    value = answer(code).outputs["y"]
    assert (value.type, value.dtype) == ("V", "float64")
    np.testing.assert_array_equal(value.array, np.full((2, 3), 2.0))


def test_replaced_functions_of_the_libraries_do_not_matter(ask: Ask) -> None:
    code = """
    import json, os, random, struct
    import numpy as np
    def broken(*args, **options): raise RuntimeError("broken")
    for owner, names in [
        (os, ["write", "read", "_exit"]),
        (json, ["dumps", "loads"]),
        (json.JSONEncoder, ["encode"]),
        (np, ["asarray", "array", "frombuffer", "may_share_memory", "dtype", "prod"]),
        (random, ["seed"]),
        (np.random, ["seed"]),
        (struct, ["pack", "unpack"]),
    ]:
        for name in names:
            setattr(owner, name, broken)
    def f(x): return x + 1
    """
    assert [a.fault for a in ask(code, cases=2).answers] == [None, None]
