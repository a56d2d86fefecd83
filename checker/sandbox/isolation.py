"""How far the student's process is shut off: the levels, and which of them work here."""

from __future__ import annotations

import functools

from checker.errors import RequestError
from checker.sandbox.bubblewrap import Bubblewrap
from checker.sandbox.launch import Isolation
from checker.sandbox.plain import Plain

__all__ = ["Isolation", "choose", "levels", "names"]


def levels() -> list[Isolation]:
    """Every level, the strongest first."""
    return [Bubblewrap(), Plain()]


def names() -> list[str]:
    """Names of the levels, the strongest first."""
    return [level.name for level in levels()]


@functools.cache
def choose(name: str | None) -> Isolation:
    """The level with this name, by default the strongest that works here; RequestError when it does not work."""
    if name is None:
        return next(level for level in levels() if not level.trouble())
    for level in levels():
        if level.name == name:
            if trouble := level.trouble():
                raise RequestError(f"isolation {name!r} does not work here: {trouble}")
            return level
    raise RequestError(f"there is no isolation {name!r}; there are: {', '.join(names())}")
