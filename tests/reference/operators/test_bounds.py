"""Right answers must be accepted with room to spare, in both precisions, whatever their formula."""

from __future__ import annotations

import numpy as np
import pytest

from checker.bounds import FLOAT32, FLOAT64, TINY, K
from checker.operator import Case
from tests.reference.operators.programs import PROGRAMS
from tests.reference.operators.sample import DRAWN_BY_CHANCE, OPERATORS, cases
from tests.reference.operators.variants import Variant

PAIRS = [(name, variant) for name, programs in PROGRAMS.items() for variant in programs]
# Their bounds hold more than the sums' rounding: a hidden unit at its kink, an epsilon inside the logarithm, a Fourier
# transform, chance.
MORE_THAN_ROUNDING = {
    *("two_layer_net", "training_step", "probability_loss", "conv2d", "conv2d_square"),
    *DRAWN_BY_CHANCE,
}


def _cast(case: Case, dtype: type[np.floating]) -> Case:
    return case.with_arrays(**{n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in case.arrays.items()})


def test_every_operator_has_two_correct_programs() -> None:
    """Each operator must be tried with at least two programs of different formula or order."""
    assert set(PROGRAMS) == set(OPERATORS)
    assert all(len(programs) >= 2 for programs in PROGRAMS.values())


@pytest.mark.parametrize(("dtype", "u"), [(np.float32, FLOAT32), (np.float64, FLOAT64)], ids=["float32", "float64"])
@pytest.mark.parametrize(("name", "variant"), PAIRS, ids=[variant.__name__ + "-" + name for name, variant in PAIRS])
def test_correct_programs_need_half_of_the_allowed_error(
    name: str, variant: Variant, dtype: type[np.floating], u: float
) -> None:
    """No output of a correct program may be further off than half of what is allowed, kinks aside."""
    operator = OPERATORS[name]
    for case in cases(name, 120):
        expected, kinks = operator.reference(case), operator.kinks(case)
        bound = operator.bound(case, expected, u)
        # exp of logits far apart ends in zero, as it should, and BLAS may raise flags for lanes that hold no value.
        with np.errstate(all="ignore"):
            outputs = variant(_cast(case, dtype))

        assert expected.keys() == outputs.keys() == bound.keys()
        for output, right in expected.items():
            assert right.shape == np.shape(outputs[output]) == bound[output].shape, output
            assert outputs[output].dtype == dtype, output
            error = np.abs(np.asarray(outputs[output], dtype=np.float64) - right)
            allowed = K / 2 * bound[output] + TINY * u / FLOAT32
            assert ((error <= allowed) | kinks.get(output, False)).all(), (output, case.note, case.options)


@pytest.mark.parametrize("name", [*OPERATORS, *DRAWN_BY_CHANCE])
def test_bounds_are_finite_and_grow_with_the_unit_roundoff(name: str) -> None:
    """A bound must be a finite number of at least 0, and smaller for float64 than for float32."""
    operator = {**OPERATORS, **DRAWN_BY_CHANCE}[name]
    factor = 1.0 if name in MORE_THAN_ROUNDING else 2.0**28
    for case in cases(name):
        expected = operator.reference(case)
        single, double = (operator.bound(case, expected, u) for u in (FLOAT32, FLOAT64))

        assert expected.keys() == single.keys()
        for output in expected:
            assert np.shape(single[output]) == expected[output].shape
            assert np.isfinite(expected[output]).all()
            assert np.isfinite(single[output]).all()
            assert (np.asarray(single[output]) >= 0).all()
            assert (np.asarray(double[output]) * factor <= single[output]).all()
