"""Headroom of correct programs and signal of known mistakes, per operator: the proof that a grade is fair.

Headroom is the largest error of a correct NumPy program in units of the allowed error (below 1 is accepted).
Signal is the error of a mistake on its best case in units of the allowed error (above 1 is seen); the weakest mistake
counts. Both are at the default profile, over a few seeds; an exact operator allows no error at all. Mistakes that
differ at kinks and ties alone are counted apart. The table is in Markdown and grows row by row.
"""

from __future__ import annotations

import numpy as np

from checker.bounds import FLOAT32, FLOAT64, TINY, K
from checker.operator import Array, Case, Outputs
from tests.reference.operators.programs import PROGRAMS
from tests.reference.operators.sample import OPERATORS, cases
from tests.reference.operators.variants import Variant

SEEDS = range(3)


def _cast(case: Case, dtype: type) -> Case:
    return case.with_arrays(**{n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in case.arrays.items()})


class Asked:
    """The cases of one operator with their right answers and bounds, worked out once."""

    def __init__(self, name: str) -> None:
        self.operator = OPERATORS[name]
        self.by_seed = [list(cases(name, seed=seed)) for seed in SEEDS]
        self.answers = {}
        for case in (case for drawn in self.by_seed for case in drawn):
            expected = self.operator.reference(case)
            bounds = {u: self.operator.bound(case, expected, u) for u in (FLOAT32, FLOAT64)}
            self.answers[case.key] = expected, bounds

    def excess(self, case: Case, got: Outputs, u: float) -> float:
        """The largest error of these outputs, in units of the allowed one, kinks aside."""
        expected, bounds = self.answers[case.key]
        kinks = self.operator.kinks(case)
        worst = 0.0
        for name, array in got.items():
            if np.shape(array) == expected[name].shape and array.size:
                error: Array = np.nan_to_num(np.abs(array.astype(np.float64) - expected[name]), nan=np.inf)
                error = np.where(kinks.get(name, False), 0.0, error)
                with np.errstate(over="ignore"):
                    worst = max(worst, float((error / (K * bounds[u][name] + TINY * u / FLOAT32)).max()))
        return worst

    def headroom(self, program: Variant, dtype: type, u: float) -> float:
        """The largest error of a correct program."""
        with np.errstate(all="ignore"):
            return max(self.excess(case, program(_cast(case, dtype)), u) for drawn in self.by_seed for case in drawn)

    def signal(self, mistake: str) -> float:
        """The error of a mistake on its best case, the least over the seeds."""
        predict = self.operator.mistakes[mistake]
        return min(max(self.excess(case, predict(case), FLOAT32) for case in drawn) for drawn in self.by_seed)


def main() -> None:
    """Print the table."""
    _row("operator", "correct programs", "headroom float32", "headroom float64", "mistakes", "weakest signal", "noted")
    _row("---", *6 * ["---:"])
    for name, operator in OPERATORS.items():
        asked = Asked(name)
        single = max(asked.headroom(program, np.float32, FLOAT32) for program in PROGRAMS[name])
        double = max(asked.headroom(program, np.float64, FLOAT64) for program in PROGRAMS[name])
        signals = [asked.signal(mistake) for mistake in operator.mistakes]
        # What differs at kinks and ties alone follows another convention: it is noted, and costs nothing.
        graded = [signal for signal in signals if signal > 0]
        weakest = min(graded)
        shown = "exact" if weakest > 1 / FLOAT64 else f"{weakest:.0e}"
        noted = len(signals) - len(graded)
        _row(f"`{name}`", len(PROGRAMS[name]), f"{single:.2f}", f"{double:.2f}", len(graded), shown, noted or "")


def _row(*cells: object) -> None:
    print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
