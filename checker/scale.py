"""Scale: points for a measured number, such as an accuracy on held-out data."""

from __future__ import annotations

import math
from dataclasses import dataclass


class UnmeasurableError(Exception):
    """The outputs of an answer are not what can be measured: the text says what is wrong with them."""


@dataclass(frozen=True)
class Scale:
    """All points from ``full`` on, none up to ``none``, in proportion between.

    ``full`` below ``none`` means that less is better. With ``steps``, pairs of (threshold, share of the points), the
    share of the last step reached counts instead. ``name`` is what is measured, for people.
    """

    name: str
    full: float
    none: float
    steps: tuple[tuple[float, float], ...] = ()

    def share(self, value: float) -> float:
        """The share of the points, 0 to 1; a value that is no number earns nothing."""
        if math.isnan(value):
            return 0.0
        sign = 1.0 if self.full >= self.none else -1.0
        if self.steps:
            return max((share for threshold, share in self.steps if sign * value >= sign * threshold), default=0.0)
        if sign * value >= sign * self.full:
            return 1.0
        return max(0.0, (value - self.none) / (self.full - self.none)) if self.full != self.none else 0.0

    def describe(self, value: float) -> str:
        """The number and what it takes, in one line."""
        more, less = ("from", "below") if self.full >= self.none else ("up to", "above")
        if self.steps:
            wanted = ", ".join(f"{share:.0%} of the points {more} {threshold:g}" for threshold, share in self.steps)
        else:
            wanted = f"all points {more} {self.full:g}, none {less} {self.none:g}"
        return f"{self.name} {value:.4g}; {wanted}"
