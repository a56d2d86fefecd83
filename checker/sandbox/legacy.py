"""Names that NumPy had when older submissions were written: their removal is no fault of the student's.

The worker loads this file by its path, so it imports only the standard library and numpy.
"""

from __future__ import annotations

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
