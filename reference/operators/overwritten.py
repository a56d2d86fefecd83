"""Arguments after a call: a note on code that writes its result into an array which the caller may still need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from checker.operator import Case, Operator, Outputs


def watching(operator: Operator, name: str, result: str) -> Operator:
    """The operator with the output ``<name> afterwards``: argument ``name``, which has to be as it was.

    ``result`` is the output that would be found in it.
    """
    afterwards = f"{name} afterwards"

    def reference(case: Case) -> Outputs:
        return operator.reference(case) | {afterwards: case.arrays[name].copy()}

    def bound(case: Case, expected: Outputs, u: float) -> Outputs:
        return operator.bound(case, expected, u) | {afterwards: np.zeros(case.arrays[name].shape)}

    def mistake(case: Case) -> Outputs:
        return {afterwards: operator.reference(case)[result]}

    text = f"the result is written into {name} itself, which belongs to the caller: work on a copy"
    return replace(operator, reference=reference, bound=bound, mistakes={**operator.mistakes, text: mistake})
