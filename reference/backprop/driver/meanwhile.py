"""Another batch between two calls."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any


def meanwhile(case: Any, *calls: Callable[[], Any]) -> None:
    """Run another, smaller batch between two calls: nothing of that may be left in the answers."""
    if case.used_before:
        # An exception is not judged here: the calls that follow will raise it again.
        with suppress(Exception):
            for call in calls:
                call()
