"""What a diagnosis tells of the case is taken out of it, and nothing else."""

import numpy as np
import pytest

from checker import probes
from checker.discretion import stopped, without_values
from checker.exam import Question
from checker.operator import Case
from checker.sandbox.answer import Fault

SIMPLEST = Case({"x": np.zeros(1)}, {"stride": 1})
SOURCES = {"toy.py": "import torch\nx = 1\n"}


def test_options_sizes_and_inputs_are_left_out():
    """Every probe that tells values loses them."""
    options = probes.needs(Case({"x": np.zeros(1)}, {"stride": 77}), SIMPLEST)
    sizes = probes.needs(Case({"x": np.zeros((7, 77))}, {"stride": 1}), SIMPLEST)
    large = probes.overflow(Question(Case({"x": np.full(1, 777.0)}), {}, {}))
    assert options is not None
    assert sizes is not None
    assert large is not None

    for diagnosis in (
        options,
        sizes,
        large,
        f"the shapes do not fit; {options}",
        "it is 0.7777 times the correct value",
    ):
        assert "7" in diagnosis
        assert "7" not in without_values(diagnosis)
    assert without_values(large).endswith("never take the log of a vanished probability")


@pytest.mark.parametrize(
    "diagnosis",
    [
        "the scale is left out (in all 12 failing cases)",
        "could be: a; or b",
        "it is twice the correct value: a factor or a contribution is counted twice",
        "it is the correct value times momentum",
        "float16 is too narrow or no real number: compute in float32 or float64",
    ],
)
def test_the_rest_stays(diagnosis):
    """Known mistakes and general ones name no case."""
    assert without_values(diagnosis) == diagnosis


def test_names_that_the_code_chose_are_left_out():
    """A dtype or a module could be named after the case."""
    assert "void77" not in without_values("void77 is too narrow or no real number: compute in float32 or float64")
    assert "m77" not in without_values(
        "`m77` is neither in the submission nor allowed: only numpy can be imported here"
    )


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("raised", "77", "ValueError", "toy.py:2 in f77"), "ValueError (toy.py:2)"),
        (Fault("raised", "77", "ValueError", "toy.py:77 in f"), "ValueError"),
        (Fault("raised", "77", "ValueError", "t77.py:1 in f"), "ValueError"),
        (Fault("raised", "77", "Error77"), "an exception of the submission's own"),
        (Fault("raised", "77", "ModuleNotFoundError", module="torch"), "ModuleNotFoundError: no module named torch"),
        (Fault("raised", "77", "ModuleNotFoundError", module="m77"), "ModuleNotFoundError"),
        (Fault("memory", "77", "MemoryError"), "more memory than the limit"),
        (Fault("timeout", "no answer within 2 s"), "no answer within 2 s"),
        (Fault("died", "toy.py is missing from the submission", importing=True), "import failed: toy.py is missing"),
    ],
)
def test_faults(fault, told):
    """The kind of the exception and a line that exists; the grader's own words in full."""
    said = stopped(fault, SOURCES)

    assert said.startswith(told.removeprefix("import failed: ")) if fault.kind == "died" else said == told
