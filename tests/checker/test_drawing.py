"""Drawing is a function of strategy, seed and count alone."""

import subprocess
import sys
import types

import hypothesis.strategies as st
import numpy as np

from checker.drawing import derive_seed, draw, simplest
from checker.operator import Case


@st.composite
def _cases(draw):
    n = draw(st.integers(1, 1000))
    seed = draw(st.integers(0, 2**16 - 1))
    return Case({"x": np.random.default_rng(seed).integers(-3, 4, n).astype(float)}, {"n": n})


def _keys(seed: int) -> list[str]:
    return [case.key for case in draw(_cases(), seed, 30)]


def test_same_seed_draws_the_same_cases():
    """The same seed gives the same cases, another seed others."""
    first = _keys(5)

    assert _keys(5) == first
    assert _keys(6) != first


def test_cases_do_not_depend_on_the_hash_seed():
    """Two processes with different PYTHONHASHSEED draw the same cases."""
    program = "from tests.checker.test_drawing import _keys; print(_keys(3))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": hashseed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashseed in ("1", "2")
    }

    assert len(printed) == 1


def test_cases_do_not_depend_on_loaded_modules(tmp_path, monkeypatch):
    """Numbers in the source code of other modules are not drawn."""
    before = _keys(7)
    source = tmp_path / "full_of_numbers.py"
    source.write_text("\n".join(f"n{i} = {i}" for i in range(400, 800)))
    module = types.ModuleType("full_of_numbers")
    module.__file__ = str(source)
    monkeypatch.setitem(sys.modules, "full_of_numbers", module)

    assert _keys(7) == before


def test_simplest_is_the_shrink_target():
    """The simplest case has every field at its least."""
    assert simplest(_cases()).options == {"n": 1}


def test_draws_are_different_cases():
    """No case is drawn twice."""
    keys = _keys(1)

    assert len(set(keys)) == len(keys)


def test_derived_seeds_differ_by_path():
    """Every part of the path counts, and so does where one part ends."""
    assert (
        len({derive_seed(0, "a", "b"), derive_seed(1, "a", "b"), derive_seed(0, "ab"), derive_seed(0, "b", "a")}) == 4
    )
