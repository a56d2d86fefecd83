"""An operator whose cases also say that another layer is at work between forward and backward."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checker.operator import Case, Operator

_KEPT = ("used_before",)


def interleaved(operator: Operator) -> Operator:
    """The operator with the protocol ``another_between`` in its cases: one more instance is used between the calls.

    Of the operator's own protocols ``used_before`` alone is kept. One example more asks for the new one.
    """
    drawn: SearchStrategy[Case] = st.builds(_mark, operator.cases, st.booleans())
    normal = next(case for case in operator.examples if len(case.arrays["x"]) > 1)
    between = replace(_mark(normal, True), note="another layer is used between forward and backward")
    return replace(operator, cases=drawn, examples=(*(_mark(case, False) for case in operator.examples), between))


def _mark(case: Case, between: bool) -> Case:
    kept = {name: value for name, value in case.protocol.items() if name in _KEPT}
    return replace(case, protocol={**kept, "another_between": between})
