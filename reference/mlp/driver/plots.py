"""A matplotlib that draws nothing stands in when none is installed."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
from collections.abc import Iterator
from typing import Any

import numpy as np


class Nothing:
    """Takes every call, attribute and item, and does nothing."""

    def __call__(self, *given: Any, **named: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, index: Any) -> Nothing:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Nothing]:
        return iter([self])

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def subplots(self, nrows: int = 1, ncols: int = 1, **named: Any) -> tuple[Nothing, Any]:
        """A figure and as many axes as are unpacked."""
        axes = np.full((nrows, ncols), self, dtype=object).squeeze()
        return self, axes if axes.ndim else self


class Plots(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A matplotlib that draws nothing: scripts plot their curves, and nobody looks at them here."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Asked last: an installed matplotlib goes before."""
        if name.split(".")[0] != "matplotlib":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: Any) -> None:
        """Every name in it is nothing."""
        module.__getattr__ = lambda name: getattr(Nothing(), name)
