"""An operator whose cases also say that another layer is at work between forward and backward."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checker.operator import Case, Operator


def interleaved(operator: Operator, *kept: str) -> Operator:
    """The operator with the protocol ``another_between`` in its cases: one more instance is used between the calls.

    Of the operator's own protocols ``used_before`` and the ``kept`` ones remain. One example more asks for the new one.
    """
    kept = ("used_before", *kept)
    drawn: SearchStrategy[Case] = st.builds(_mark, operator.cases, st.booleans(), st.just(kept))
    normal = next(case for case in operator.examples if len(case.arrays["x"]) > 1)
    between = replace(_mark(normal, True, kept), note="another layer is used between forward and backward")
    return replace(operator, cases=drawn, examples=(*(_mark(case, False, kept) for case in operator.examples), between))


def _mark(case: Case, between: bool, names: tuple[str, ...]) -> Case:
    kept = {name: value for name, value in case.protocol.items() if name in names}
    return replace(case, protocol={**kept, "another_between": between})
