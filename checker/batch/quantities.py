"""Quantities: how a course's policy writes times and prices (``15 minutes``, ``10%``, ``deduct 2``)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Price = Literal["all", "half", "note"] | float

_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
LONGEST = timedelta(days=3660)


@dataclass(frozen=True)
class Amount:
    """Points, or a share of them when ``percent`` is true."""

    value: float
    percent: bool = False

    def of(self, points: float) -> float:
        """In points, when a percentage is one of ``points``."""
        return self.value * points / 100 if self.percent else self.value

    def __str__(self) -> str:
        return f"{self.value:g}%" if self.percent else points(self.value)


def points(value: float) -> str:
    """``1 point``, ``2.5 points``."""
    return f"{value:g} point{'' if value == 1 else 's'}"


def amount(written: str | float) -> Amount:
    """Read ``"10%"`` or a number of points; ValueError says what is wrong."""
    if isinstance(written, str):
        found = re.fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*%\s*", written)
        if found is None or float(found[1]) > 100:
            raise ValueError(f'{written!r} is neither a number of points nor a percentage from "0%" to "100%"')
        return Amount(float(found[1]), True)
    if not math.isfinite(written) or written < 0:
        raise ValueError(f"{written:g} points is not a number from 0 on")
    return Amount(float(written))


def duration(written: str) -> timedelta:
    """Read ``"15 minutes"``, ``"1 day"``; ValueError says what is wrong."""
    found = re.fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(minute|hour|day|week)s?\s*", written)
    if found is None:
        raise ValueError(f'{written!r} is no time span: write it like "15 minutes", "12 hours", "1 day" or "2 weeks"')
    span = timedelta(seconds=float(found[1]) * _UNITS[found[2]])
    if span > LONGEST:
        raise ValueError(f"{written!r} is longer than ten years")
    return span


def price(written: str) -> Price:
    """Read ``"deduct all"``, ``"deduct half"``, ``"deduct 2"`` or ``"note"``; ValueError says what is wrong."""
    found = re.fullmatch(r"\s*(?:(note)|deduct\s+(?:(all|half)|([0-9]{1,6}(?:\.[0-9]{1,6})?)))\s*", written)
    if found is None:
        raise ValueError(f'{written!r} is no price: write "deduct all", "deduct half", "deduct 2" (points) or "note"')
    if found[1]:
        return "note"
    if found[2] == "all":
        return "all"
    return "half" if found[2] == "half" else float(found[3])


def price_text(deduct: Price) -> str:
    """A price in words."""
    if deduct == "note":
        return "a note"
    return f"{deduct} of the points" if isinstance(deduct, str) else points(deduct)
