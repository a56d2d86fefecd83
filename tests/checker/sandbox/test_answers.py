"""What an honest driver and honest code send back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from checker.operator import Case
from checker.sandbox.answer import Answer, Answers
from checker.sandbox.errors import GraderError
from checker.sandbox.isolation import Isolation
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess

Ask = Callable[..., Answers]
One = Callable[..., Answer]
Start = Callable[..., StudentProcess]


def test_arrays_options_and_protocol_reach_the_driver(start: Start) -> None:
    code = """
    import numpy as np
    def f(case):
        assert case.x.flags.owndata and case.x.flags.writeable and case.x.flags.c_contiguous
        assert case.x.dtype == np.float64 and case.x.shape == (2, 3) and case.labels.dtype == np.int64
        assert case.scalar.shape == () and case.empty.shape == (0, 4)
        assert case.stride == (1, 2) and case.eps == 1e-5 and case.bias is None and case.mode == "same"
        assert case.again is True
        return case.x.T + case.labels[:3, None]
    """
    arrays = {
        "x": np.arange(6.0).reshape(3, 2).T,
        "labels": np.arange(4),
        "scalar": np.array(2.0),
        "empty": np.zeros((0, 4)),
    }
    case = Case(arrays, {"stride": (1, 2), "eps": 1e-5, "bias": None, "mode": "same"}, {"again": True})
    answers = start(code).ask("whole", ["hw"], [case, case])
    for answer in answers.answers:
        assert answer.fault is None
        np.testing.assert_array_equal(answer.outputs["y"].array, arrays["x"].T + np.arange(3)[:, None])
        assert answer.changed == {} and answer.aliases == {}


# Expression, type, dtype, shape, dtype of the numbers, note.
VALUES = [
    ("x", "ndarray", "float64", (2, 3), "float64", ""),
    ("x.astype(np.float32)", "ndarray", "float32", (2, 3), "float64", ""),
    ("x.astype(np.float16)", "ndarray", "float16", (2, 3), "float16", ""),
    ("x.astype(np.longdouble)", "ndarray", "longdouble", (2, 3), "float64", ""),
    ("x.astype(np.clongdouble)", "ndarray", "clongdouble", (2, 3), "complex128", ""),
    ("x.astype('>f8')", "ndarray", "float64", (2, 3), "float64", ""),
    ("x.astype(int)", "ndarray", "int64", (2, 3), "int64", ""),
    ("x > 0", "ndarray", "bool", (2, 3), "bool", ""),
    ("x[:, ::-2]", "ndarray", "float64", (2, 2), "float64", ""),
    ("np.zeros((0, 3))", "ndarray", "float64", (0, 3), "float64", ""),
    ("np.array(1.0)", "ndarray", "float64", (), "float64", ""),
    ("np.matrix(x)", "matrix", "float64", (2, 3), "float64", ""),
    ("np.ma.masked_array(x)", "MaskedArray", "float64", (2, 3), "float64", ""),
    ("1.0", "float", "", (), "float64", ""),
    ("float(1)", "float", "", (), "float64", ""),
    ("1", "int", "", (), "int64", ""),
    ("2**70", "int", "", (), None, "integer of more than 64 bits"),
    ("True", "bool", "", (), "bool", ""),
    ("1 + 0j", "complex", "", (), "complex128", ""),
    ("np.float32(1)", "float32", "", (), "float64", ""),
    ("np.float64(1)", "float64", "", (), "float64", ""),
    ("np.longdouble(1)", "longdouble", "", (), "float64", ""),
    ("np.int8(1)", "int8", "", (), "int8", ""),
    ("np.bool_(True)", "bool", "", (), "bool", ""),
    ("None", "NoneType", "", (), None, ""),
    ("[1.0]", "list", "", (), None, ""),
    ("{'y': x}", "dict", "", (), None, ""),
    ("(x, x)", "tuple", "", (), None, ""),
    ("'text'", "str", "", (), None, ""),
    ("np.array([None])", "ndarray", "object", (1,), None, "object array"),
    ("np.array(['a'])", "ndarray", "str32", (1,), None, "array of strings"),
    ("np.zeros(2, 'i4,f8')", "ndarray", "void96", (2,), None, "structured array"),
    ("np.zeros(2, 'M8[s]')", "ndarray", "datetime64_s_", (2,), None, "array without numbers"),
]  # fmt: skip


def test_every_kind_of_value(start: Start) -> None:
    expressions = ", ".join(f"lambda x: {row[0]}" for row in VALUES)
    code = f"import numpy as np\nfunctions = [{expressions}]\ndef f(case): return functions[case.row](case.x)"
    cases = [Case({"x": np.ones((2, 3))}, {"row": row}) for row in range(len(VALUES))]
    answers = start(code).ask("whole", ["hw"], cases).answers
    for answer, (expression, type_name, dtype, shape, kept, note) in zip(answers, VALUES, strict=True):
        assert answer.fault is None, expression
        value = answer.outputs["y"]
        assert value.type == type_name or expression == "np.longdouble(1)", expression
        assert (value.dtype, value.shape, value.note) == (dtype, shape, note), expression
        assert (None if value.array is None else value.array.dtype.name) == kept, expression
        if value.array is not None:
            assert value.array.shape == shape and (value.array == 1).all(), expression


def test_nan_and_infinity_are_values(answer: One) -> None:
    got = answer("import numpy as np\ndef f(x): return np.array([np.nan, np.inf, -np.inf, -0.0])")
    array = got.outputs["y"].array
    np.testing.assert_array_equal(array, [np.nan, np.inf, -np.inf, 0.0])
    assert array is not None and np.signbit(array[3])


def test_large_arrays_are_described_only(answer: One) -> None:
    code = """
    import numpy as np
    def f(x): return np.zeros(200_000), np.broadcast_to(x[0, 0], (1 << 40, 3)), np.zeros(1000)
    """
    got = answer(code, "three", limits=Limits(reply=1 << 20))
    assert [v.note for v in got.outputs.values()] == ["larger than 1 MiB", "larger than 1 MiB", ""]
    assert got.outputs["b"].shape == (1 << 40, 3)
    assert got.outputs["b"].array is None


def test_large_arrays_go_both_ways(start: Start) -> None:
    x = np.random.default_rng(0).normal(size=(1000, 1500))
    got = start("def f(x): return x * 2").ask("one", ["hw"], [Case({"x": x})])
    np.testing.assert_array_equal(got.answers[0].outputs["y"].array, x * 2)


@pytest.mark.parametrize(
    ("expression", "type_name", "note"),
    [
        ("(x, x)", "tuple", "2 values instead of 3"),
        ("[x]", "list", "1 value instead of 3"),
        ("x", "ndarray", "one value instead of 3"),
        ("None", "NoneType", "one value instead of 3"),
        ("{1: x, 2: x, 3: x}", "dict", "one value instead of 3"),
    ],
)
def test_wrong_number_of_values(answer: One, expression: str, type_name: str, note: str) -> None:
    got = answer(f"def f(x): return {expression}", "three")
    assert got.fault is None
    assert {(v.type, v.note, v.array is None) for v in got.outputs.values()} == {(type_name, note, True)}
    assert set(got.outputs) == {"a", "b", "c"}


def test_list_and_named_tuple_are_tuples_too(answer: One) -> None:
    code = """
    from collections import namedtuple
    def f(x): return namedtuple("Grads", "x w b")(x, 2.0, [x])
    """
    got = answer(code, "three")
    assert [v.type for v in got.outputs.values()] == ["ndarray", "float", "list"]


def test_changed_arguments_are_named_once(answer: One) -> None:
    code = """
    def f(x): x += 1; return x.sum()
    def g(x): x += 1; return x.sum()
    """
    got = answer(code, "both")
    assert got.changed == {"y": ("x",)}
    assert got.aliases == {}


def test_change_of_shape_and_of_nan_bits_are_changes(answer: One) -> None:
    assert answer("def f(x): x.shape = (3, 2); return 1.0").changed == {"y": ("x",)}


def test_views_of_arguments_are_aliases(answer: One) -> None:
    got = answer("import numpy as np\ndef f(x): return np.matrix(x, copy=False), x[1:].T, x.copy()", "three")
    assert got.aliases == {"a": "x", "b": "x"}


def test_random_numbers_repeat_for_every_case(ask: Ask) -> None:
    code = """
    import random
    import numpy as np
    def f(x): return random.random() + np.random.rand() + hash("text") % 1000
    """
    values = {float(a.outputs["y"].array) for a in ask(code, cases=3).answers}  # type: ignore[arg-type]
    assert len(values) == 1


def test_prints_are_kept_with_their_call(start: Start) -> None:
    student = start("import sys\nprint('hello')\ndef f(x): print('in f', file=sys.stderr); return x")
    assert student.ask("one", ["hw"], []).printed == ""
    case = Case({"x": np.ones(2)})
    assert student.ask("one", ["hw"], [case] * 2).printed == "hello\nin f\nin f\n"
    assert student.ask("one", ["hw"], [case]).printed == "in f\n"


def test_a_driver_may_yield_nothing(start: Start) -> None:
    driver = "def silent(case):\n    if False: yield\n"
    student = start("", driver=driver)
    assert student.ask("silent", [], [Case({})] * 2).answers == (Answer(), Answer())


def test_a_missing_driver_function_is_the_graders_fault(start: Start) -> None:
    with pytest.raises(GraderError, match="no function two"):
        start("").ask("two", ["hw"], [Case({})])


def test_a_broken_driver_is_the_graders_fault(start: Start) -> None:
    with pytest.raises(GraderError, match="ZeroDivisionError"):
        start("", driver="1 / 0").ask("one", ["hw"], [Case({})])


def test_files_import_each_other_from_the_root(start: Start) -> None:
    files = {
        "neuralnet/net/layers.py": "from net.base import double\ndef f(x): return double(x)",
        "neuralnet/net/base.py": "def double(x): return 2 * x",
    }
    student = start(files, root="neuralnet")
    got = student.ask("one", ["net.layers"], [Case({"x": np.ones(2)})]).answers[0]
    assert got.fault is None
    np.testing.assert_array_equal(got.outputs["y"].array, [2.0, 2.0])


def test_a_driver_may_be_a_package(tmp_path: Path, isolation: Isolation) -> None:
    """A folder with ``__init__.py`` whose parts import each other works like a file."""
    stage, driver = tmp_path / "stage", tmp_path / "driver"
    stage.mkdir()
    driver.mkdir()
    (stage / "hw.py").write_text("def f(x):\n    return 2 * x\n")
    (driver / "__init__.py").write_text("from .calls import one\n")
    (driver / "calls.py").write_text("from . import names\ndef one(hw, case):\n    yield names.Y, hw.f(case.x)\n")
    (driver / "names.py").write_text("Y = 'y'\n")
    with StudentProcess(
        stage=stage, root="", driver=driver, packages=("numpy",), limits=Limits(), isolation=isolation
    ) as student:
        (answer,) = student.ask("one", ["hw"], [Case({"x": np.ones(2)})]).answers

    np.testing.assert_array_equal(answer.outputs["y"].array, [2, 2])
