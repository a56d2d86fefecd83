"""What NumPy and torch had when older submissions were written: its removal is no fault of the student's.

The worker loads this file by its path, so it imports only the standard library and numpy.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy

# What each name stood for, by the release notes of NumPy 1.24 and 2.0.
NAMES = {
    "int": int,
    "float": float,
    "bool": bool,
    "complex": complex,
    "object": object,
    "str": str,
    "float_": numpy.float64,
    "complex_": numpy.complex128,
    "unicode_": numpy.str_,
    "string_": numpy.bytes_,
    "NaN": numpy.nan,
    "NAN": numpy.nan,
    "Inf": numpy.inf,
    "Infinity": numpy.inf,
    "infty": numpy.inf,
    "PINF": numpy.inf,
    "NINF": -numpy.inf,
    "PZERO": 0.0,
    "NZERO": -0.0,
    "product": numpy.prod,
    "cumproduct": numpy.cumprod,
    "alltrue": numpy.all,
    "sometrue": numpy.any,
    "round_": numpy.round,
    "row_stack": numpy.vstack,
}


def restore() -> None:
    """Give NumPy back the names that this release no longer has."""
    for name, value in NAMES.items():
        # Not hasattr: NumPy answers for removed names with an error, and for deprecated ones with a warning.
        if name not in vars(numpy):
            setattr(numpy, name, value)


def restore_torch(torch: Any) -> None:
    """Loaders' iterators have ``next()``, schedulers take ``verbose``, whole networks and a GPU's can be loaded."""
    iterator = torch.utils.data.dataloader._BaseDataLoaderIter
    iterator.next = iterator.__next__
    for kind in vars(torch.optim.lr_scheduler).values():
        if isinstance(kind, type) and hasattr(kind, "step") and "__init__" in vars(kind):
            kind.__init__ = _not_verbose(kind.__init__)  # type: ignore[misc]  # replaced on purpose
    own = torch.load

    def load(*given: Any, **named: Any) -> Any:
        # The second argument says for which device.
        given = given[:1] + tuple("cpu" for _ in given[1:2]) + given[2:]
        return own(*given, **{"weights_only": False, **named, **({} if given[1:] else {"map_location": "cpu"})})

    torch.load = load


def _not_verbose(own: Callable[..., None]) -> Callable[..., None]:
    known = len(inspect.signature(own).parameters) - 1

    @functools.wraps(own)
    def init(self: Any, *given: Any, **named: Any) -> None:
        named.pop("verbose", None)
        # It was the last one.
        own(self, *given[:known], **named)

    return init
