"""Headroom of correct programs and signal of known mistakes, per operator: the proof that a grade is fair.

Headroom is the largest error of a correct NumPy program in units of the allowed error (below 1 is accepted).
Signal is the error of a mistake on its best case in units of the allowed error (above 1 is seen); the weakest mistake
counts. Both are at the default profile, over a few seeds; an exact operator allows no error at all.
"""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table

from checker.bounds import FLOAT32, FLOAT64, TINY, K
from checker.operator import Array, Case, Outputs
from tests.reference.operators.programs import PROGRAMS
from tests.reference.operators.sample import OPERATORS, cases
from tests.reference.operators.variants import Variant

SEEDS = range(5)


def _cast(case: Case, dtype: type) -> Case:
    return case.with_arrays(**{n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in case.arrays.items()})


def _excess(got: Outputs, expected: Outputs, bound: Outputs, u: float) -> float:
    worst = 0.0
    for name, array in got.items():
        if np.shape(array) == expected[name].shape and array.size:
            error: Array = np.nan_to_num(np.abs(array.astype(np.float64) - expected[name]), nan=np.inf)
            worst = max(worst, float((error / (K * bound[name] + TINY * u / FLOAT32)).max()))
    return worst


def headroom(name: str, variant: Variant, dtype: type, u: float) -> float:
    """The largest error of a correct program, in units of the allowed one."""
    operator = OPERATORS[name]
    worst = 0.0
    for case in (case for seed in SEEDS for case in cases(name, seed=seed)):
        expected = operator.reference(case)
        with np.errstate(all="ignore"):
            worst = max(worst, _excess(variant(_cast(case, dtype)), expected, operator.bound(case, expected, u), u))
    return worst


def signal(name: str, mistake: str) -> float:
    """The largest error of a mistake, in units of the error allowed for float32; the least over the seeds."""
    operator = OPERATORS[name]
    best = []
    for seed in SEEDS:
        seen = 0.0
        for case in cases(name, seed=seed):
            expected = operator.reference(case)
            bound = operator.bound(case, expected, FLOAT32)
            seen = max(seen, _excess(operator.mistakes[mistake](case), expected, bound, FLOAT32))
        best.append(seen)
    return min(best)


def main() -> None:
    """Print the table."""
    table = Table("operator", "correct programs", "headroom float32", "headroom float64", "mistakes", "weakest signal")
    for name, operator in OPERATORS.items():
        single = max(headroom(name, variant, np.float32, FLOAT32) for variant in PROGRAMS[name])
        double = max(headroom(name, variant, np.float64, FLOAT64) for variant in PROGRAMS[name])
        weakest = min(signal(name, mistake) for mistake in operator.mistakes)
        shown = "exact" if weakest > 1 / FLOAT64 else f"{weakest:.0e}"
        row = (name, len(PROGRAMS[name]), f"{single:.2f}", f"{double:.2f}", len(operator.mistakes), shown)
        table.add_row(*map(str, row))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
