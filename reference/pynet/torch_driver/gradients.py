"""When two gradients count as the same but for their size."""

from __future__ import annotations

from typing import Any

ALIKE = 1 - 2.0**-16


def parallel(a: Any, b: Any) -> bool:
    """Whether one is the other times a positive number."""
    size = float(a.norm() * b.norm())
    return size > 0 and float((a * b).sum()) / size > ALIKE
