"""Each gate lets right answers through and stops wrong ones."""

import numpy as np
import pytest

from checker.compare import compare, in_float32, mismatches
from checker.exam import Question
from checker.operator import Case
from checker.sandbox.answer import Answer, Fault, Value

EXPECTED = np.array([[1.0, 2.0, 3.0]])
ALLOWED = np.full((1, 3), 1e-3)


def _value(array, type_="ndarray", dtype="float64"):
    array = np.asarray(array)
    return Value(type_, array, dtype, array.shape)


def _question(**kinks):
    return Question(Case({"x": np.ones(3)}), {"y": EXPECTED}, {"y": ALLOWED}, kinks)


def test_right_values_pass():
    """An error within the allowed one is right."""
    assert compare("y", _value(EXPECTED + 9e-4), EXPECTED, ALLOWED, None) is None


@pytest.mark.parametrize(
    ("value", "gate"),
    [
        (Value("NoneType"), "type"),
        (Value("list"), "type"),
        (_value(1.0, "float"), "type"),
        (_value([1.0, 2.0, 3.0]), "shape"),
        (_value([[1.0], [2.0], [3.0]]), "shape"),
        (_value(1.0), "shape"),
        (_value([[1, 2, 3]], dtype="int64"), "dtype"),
        (_value([[1.0, 2.0, np.nan]]), "finite"),
        (_value([[1.0, 2.0, np.inf]]), "finite"),
        (_value([[1.0, 2.0, 3.002]]), "values"),
    ],
)
def test_gates(value, gate):
    """A wrong answer fails at the first gate that it does not pass."""
    found = compare("y", value, EXPECTED, ALLOWED, None)

    assert found is not None
    assert found.gate == gate


def test_mismatch_says_where_and_how_far():
    """The first wrong entry, how many are wrong, and the error in units of the allowed one."""
    found = compare("y", _value([[1.0, 2.5, 3.1]]), EXPECTED, ALLOWED, None)

    assert found is not None
    assert (found.index, found.wrong, found.total) == ((0, 1), 2, 3)
    assert found.excess == pytest.approx(500)


@pytest.mark.parametrize(
    "value", [_value(2.0, "float"), _value(2.0, "float64"), _value(2.0), _value(2, "int", "int64")]
)
def test_numbers_of_any_kind_are_numbers(value):
    """Python floats, NumPy scalars and 0-d arrays are all right where a number is expected."""
    assert compare("loss", value, np.array(2.0), np.array(1e-6), None) is None


def test_one_element_array_is_no_number():
    """Shape (1,) is not shape ()."""
    found = compare("loss", _value([2.0]), np.array(2.0), np.array(1e-6), None)

    assert found is not None
    assert found.gate == "shape"


def test_kinks_count_only_in_their_own_aspect():
    """An entry that hangs on a convention never costs the main aspect."""
    question = _question(y=np.array([[True, False, False]]))
    answer = Answer({"y": _value([[9.0, 2.0, 3.0]])})

    assert list(mismatches(question, answer, "y", frozenset())) == []
    assert [found.gate for found in mismatches(question, answer, "y at kinks", frozenset())] == ["values"]


def test_changed_argument_fails_unless_allowed():
    """Right values with a modified argument fail, except where the homework allows it."""
    answer = Answer({"y": _value(EXPECTED)}, changed={"y": ("x",)})

    assert [found.gate for found in mismatches(_question(), answer, "y", frozenset())] == ["changed"]
    assert list(mismatches(_question(), answer, "y", frozenset({"x"}))) == []


def test_missing_output_tells_what_stopped_the_code():
    """An exception before the output is quoted with its place."""
    answer = Answer(fault=Fault("raised", "bad shape", "ValueError", "layers.py:3 in forward"))
    found = next(mismatches(_question(), answer, "y", frozenset()))

    assert found.gate == "stopped"
    assert found.message == "ValueError: bad shape (layers.py:3 in forward)"


def test_float32_is_recognised():
    """Values right to float32 but not to float64 are known as such."""
    third = np.array([1 / 3])

    assert in_float32(_value(np.float32(third).astype(float)), third, np.array([1e-6]))
    assert not in_float32(_value(third), third, np.array([1e-6]))
