"""What is done after a method of somebody else's class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def follow(owner: Any, name: str, then: Callable[..., None]) -> None:
    """Let a method be followed by ``then`` on the same object."""
    own = getattr(owner, name)

    def followed(self: Any, *given: Any, **named: Any) -> None:
        own(self, *given, **named)
        then(self)

    setattr(owner, name, followed)
