"""Plots and progress bars that do nothing stand in where the packages are not installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any
from unittest.mock import MagicMock

import numpy as np


class _Watched:
    """Steps whose progress would be shown: they pass through."""

    def __init__(self, steps: Any = (), *given: Any, **named: Any) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[Any]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *given: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        # Not for what copying and pickling ask for.
        return MagicMock() if not name.startswith("__") else _missing(name)


def _missing(name: str) -> Any:
    raise AttributeError(name)


def _subplots(nrows: int = 1, ncols: int = 1, **named: Any) -> tuple[Any, Any]:
    """A figure and as many axes as are unpacked."""
    axes = np.array([MagicMock() for _ in range(nrows * ncols)], dtype=object).reshape(nrows, ncols)
    return MagicMock(), axes.squeeze() if axes.size > 1 else axes[0, 0]


_CONTENTS: dict[str, dict[str, Any]] = {
    "matplotlib": {"subplots": _subplots},
    "tqdm": {"tqdm": _Watched, "trange": lambda *given, **named: _Watched(range(*given))},
}


class StandIns(MetaPathFinder, Loader):
    """Asked last, so that an installed package goes before."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if name.split(".")[0] in _CONTENTS else None

    def exec_module(self, module: Any) -> None:
        module.__getattr__ = lambda name: MagicMock() if not name.startswith("__") else _missing(name)
        vars(module).update(_CONTENTS[module.__name__.split(".")[0]])


sys.meta_path.append(StandIns())
