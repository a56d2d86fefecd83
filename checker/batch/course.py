"""Course: what a course's policy says, assignment by assignment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from checker.batch.deadlines import Extension
from checker.batch.quantities import Amount, Price


@dataclass(frozen=True)
class Late:
    """What lateness costs: ``penalty`` for each ``part`` of time begun after due time and ``grace``.

    Percentages are ``of`` the points earned or of the maximum; ``cap`` is the most that is taken. Nothing counts that
    comes more than ``closed_after`` after the due time and the grace period.
    """

    penalty: Amount
    part: timedelta = timedelta(days=1)
    of: Literal["earned", "maximum"] = "earned"
    grace: timedelta = timedelta()
    cap: Amount | None = None
    closed_after: timedelta | None = None


@dataclass(frozen=True)
class Drop:
    """Of the tasks ``of`` only the best ``keep`` count; a name covers the tasks that it begins."""

    keep: int
    of: tuple[str, ...]


@dataclass(frozen=True)
class NoPrint:
    """The price of printing in these tasks (none named: those of the rubric's own rule, or all)."""

    price: Price
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rounding:
    """Final points are multiples of ``to``."""

    to: float
    how: Literal["nearest", "up", "down"] = "nearest"


@dataclass(frozen=True)
class Terms:
    """The policy of one assignment; without any, a grade is what was earned."""

    due: datetime | None = None
    late: Late | None = None
    drop: tuple[Drop, ...] = ()
    rules: Mapping[str, Price] = field(default_factory=dict)
    no_print: NoPrint | None = None
    extra_credit_cap: Amount | None = None
    not_runnable: Literal["keep", "zero"] = "keep"
    rounding: Rounding | None = None


@dataclass(frozen=True)
class Policy:
    """A course's policy: ``common`` terms, those of assignments that have their own, and extensions."""

    common: Terms = field(default_factory=Terms)
    assignments: Mapping[str, Terms] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()

    def terms(self, assignment: str) -> Terms:
        """The terms of an assignment."""
        return self.assignments.get(assignment, self.common)


NONE = Policy()
"""A grade is what was earned."""
