"""How far the student's process is shut off: the levels, and which of them work here."""

from __future__ import annotations

import functools

from checker.errors import RequestError
from checker.sandbox.bubblewrap import Bubblewrap
from checker.sandbox.launch import Isolation
from checker.sandbox.plain import Plain
from checker.sandbox.restricted import Restricted

__all__ = ["Isolation", "choose", "choose_for_untrusted", "levels", "names"]


def levels() -> list[Isolation]:
    """Every level, the strongest first."""
    return [Bubblewrap(), Restricted(), Plain()]


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


def choose_for_untrusted(name: str | None) -> Isolation:
    """The level for code of others: like ``choose``, but `plain` is taken only when it was named.

    RequestError when nothing else works here.
    """
    level = choose(name)
    if name is None and level.name == Plain.name:
        why = "; ".join(f"{other.name}: {other.trouble()}" for other in levels() if other.name != Plain.name)
        raise RequestError(
            f"code of others is not run without isolation, and none works here ({why}); `checker doctor` says more, "
            "and `--isolation plain` runs it with limits only"
        )
    return level
