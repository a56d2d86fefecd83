"""What is going on: the script by itself, or a run of the driver's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Run:
    """What is going on: whether the script runs by itself, and what was seen of it."""

    def __init__(self, *, script: bool = True) -> None:
        self.script = script
        self.saved: dict[str, tuple[bytes, list[Any]]] = {}
        self.saves: list[tuple[str, Any]] = []
        self.loaded = self.tested_after_load = self.testing = False
        # What came out of a file, which parameters were given it, and which have a part in the test after that.
        self.from_file: list[Any] = []
        self.given_weights: dict[int, Any] = {}
        self.tested: dict[int, Any] = {}
        self.predict: Callable[[], Any] = lambda: None


class Now:
    """The run that is going on, and the runs of the script by itself: when it was imported, and as ``__main__``."""

    run = Run()
    imported = run
    main: Run | None = None
    names: Any = None
