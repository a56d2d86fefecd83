"""Stand-ins: what code finds in the place of packages that draw, log or show progress.

Nothing that is graded depends on any of them, and so none of them has to be there. An installed package that the
section allows goes before its stand-in. Loaded by the worker and by notebook kernels, before any of the student's code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_SILENT = {
    *("matplotlib", "mpl_toolkits", "seaborn", "tqdm", "progressbar", "tensorboard", "tensorboardX", "wandb"),
    *("torchsummary", "torchinfo", "torchviz"),
    # What notebooks that import Google Colab's package unguarded get (see notebook_shell).
    "colab",
}
# It is part of torch, but needs a package that is not.
_NEEDS_MORE = "torch.utils.tensorboard"


class Nothing:
    """Takes every call, attribute and item, and does nothing; classes may be made of it."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Whatever it is made with."""

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (Nothing,)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        # Not for what copying, pickling and NumPy ask for.
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, index: Any) -> Any:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        """Forgotten."""

    def __iter__(self) -> Iterator[Any]:
        # As of ``line, = plot(...)``.
        return iter([self])

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def subplots(self, nrows: int = 1, ncols: int = 1, **named: Any) -> Any:
        """A figure and as many axes as are unpacked."""
        import numpy

        axes = numpy.empty((nrows, ncols), dtype=object)
        for place in numpy.ndindex(nrows, ncols):
            axes[place] = Nothing()
        return Nothing(), axes.squeeze() if axes.size > 1 else axes[0, 0]

    def hist(self, *given: Any, **named: Any) -> Any:
        """Counts, edges and bars."""
        return Nothing(), Nothing(), Nothing()


class Bar:
    """Steps whose progress would be shown: they pass through."""

    def __init__(self, iterable: Any = (), *given: Any, **named: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *given, **named: None

    @staticmethod
    def write(*given: Any, **named: Any) -> None:
        """A line beside the bar."""


def _range(*given: Any, **named: Any) -> Bar:
    return Bar(range(*given))


_BARS = {"tqdm": Bar, "trange": _range, "tqdm_notebook": Bar}


class StandIns(MetaPathFinder, Loader):
    """Makes a silent module for a package that is not installed."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """A specification for what stands in, None for everything else."""
        top = name.partition(".")[0]
        missing = top in _SILENT and PathFinder.find_spec(top) is None
        silent = missing or (name.startswith(_NEEDS_MORE) and PathFinder.find_spec("tensorboard") is None)
        return ModuleSpec(name, self, is_package=True) if silent else None

    def exec_module(self, module: Any) -> None:
        """Every name in it is nothing; progress bars have to be more."""
        if module.__name__.partition(".")[0] == "tqdm":
            vars(module).update(_BARS)
        else:
            module.__getattr__ = lambda name: getattr(Nothing(), name)


def install() -> None:
    """Look for silent packages from now on."""
    sys.meta_path.insert(0, StandIns())
