"""Building blocks of case strategies: sizes, sliding windows and palettes of values.

A case is drawn as a handful of small integers, each of which shrinks to its trivial value, and a palette: a mode and
a seed that turn names and shapes into arrays. So drawing is cheap, a failing case shrinks to a small one with small
whole numbers in it, and the fields that do not shrink tell what the failure hangs on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checker.operator import Array

Shape = tuple[int, ...]

GRID = 2.0**-14
"""Spacing of "normal" values: exact in float32, while products and sums of them are not."""


def float32(array: Array) -> Array:
    """The nearest float32 values, as float64: converting a case to float32 then changes nothing."""
    return np.asarray(array, dtype=np.float32).astype(np.float64)


def _small(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.integers(-3, 4, shape).astype(np.float64)


def _distinct(rng: np.random.Generator, shape: Shape) -> Array:
    size = prod(shape)
    return (rng.permutation(size) - size // 2).reshape(shape).astype(np.float64)


def _normal(rng: np.random.Generator, shape: Shape) -> Array:
    return np.asarray(np.rint(rng.standard_normal(shape) / GRID) * GRID)


def _negative(rng: np.random.Generator, shape: Shape) -> Array:
    return -np.abs(_normal(rng, shape)) - GRID


def _zeros(rng: np.random.Generator, shape: Shape) -> Array:
    kind = rng.integers(0, 6, shape)
    return np.where(kind == 0, 0.0, np.where(kind == 1, -0.0, _normal(rng, shape)))


def _large(rng: np.random.Generator, shape: Shape) -> Array:
    return 1024.0 * _normal(rng, shape)


def _offset_rows(rng: np.random.Generator, shape: Shape) -> Array:
    signs = rng.choice((-1000.0, 1000.0), (shape[0], *(1 for _ in shape[1:])))
    return float32(_normal(rng, shape) + signs)


MODES: dict[str, Callable[[np.random.Generator, Shape], Array]] = {
    "small": _small,  # whole numbers from -3 to 3: sums of products are exact, ties and zeros are common
    "distinct": _distinct,  # whole numbers around 0, no two alike
    "normal": _normal,
    "negative": _negative,
    "zeros": _zeros,  # a third of the entries are 0.0 or -0.0
    "large": _large,
    "offset rows": _offset_rows,  # every row is moved by +1000 or -1000
}


@dataclass(frozen=True)
class Palette:
    """A mode and a seed; the arrays of one case come from one palette, each from a stream of its own name."""

    mode: str = "small"
    seed: int = 0

    def rng(self, name: str) -> np.random.Generator:
        """The generator of the array with this name."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def __call__(self, name: str, *shape: int) -> Array:
        """Values in the palette's mode; float64, exact in float32."""
        return MODES[self.mode](self.rng(name), shape)

    def upstream(self, name: str, *shape: int) -> Array:
        """An upstream gradient: entries differ from each other and none is 0 or 1, which would hide a lost factor."""
        rng = self.rng(name)
        if self.mode not in ("small", "distinct"):
            return _normal(rng, shape)
        size = prod(shape)
        signs = rng.choice((-1.0, 1.0), size)
        return np.asarray((signs * (2.0 + rng.permutation(size))).reshape(shape))

    def labels(self, name: str, count: int, classes: int) -> Array:
        """Class labels, int64: unsorted, some repeated, some absent."""
        return self.rng(name).integers(0, classes, count, dtype=np.int64)


def palettes(*modes: str) -> SearchStrategy[Palette]:
    """Palettes in one of these modes; the first is what a case shrinks to."""
    return st.builds(Palette, st.sampled_from(modes), st.integers(0, 2**16 - 1))


@st.composite
def sizes(draw: DrawFn, *ranges: tuple[int, int]) -> tuple[int, ...]:
    """One size per (least, most). Those above 1 differ, so that two axes cannot be swapped unseen.

    A size that is taken moves up to the next free one, if need be past ``most``.
    """
    chosen: list[int] = []
    for least, most in ranges:
        size = draw(st.integers(least, most))
        while size > 1 and size in chosen:
            size += 1
        chosen.append(size)
    return tuple(chosen)


class Window(NamedTuple):
    """A window that slides over a picture: ``size`` is (H, W) of the input, ``out`` of the output."""

    kernel: tuple[int, int]
    stride: int
    padding: int
    size: tuple[int, int]
    out: tuple[int, int]

    @property
    def options(self) -> dict[str, int | tuple[int, ...]]:
        """The part that calls are given."""
        return {"kernel": self.kernel, "stride": self.stride, "padding": self.padding}


def window(
    kernel: tuple[int, int],
    *,
    stride: int = 1,
    padding: int = 0,
    out: tuple[int, int] = (1, 1),
    tail: tuple[int, int] = (0, 0),
) -> Window:
    """The window with this output size, and the input that it fits with ``tail`` rows and columns left over.

    Where padding alone would make the output larger than ``out``, the output grows to that size.
    """
    least = [max(steps, 1 - (cells - 1 - 2 * padding) // stride) for cells, steps in zip(kernel, out, strict=True)]
    size = [
        (steps - 1) * stride + cells - 2 * padding + min(rest, stride - 1)
        for cells, steps, rest in zip(kernel, least, tail, strict=True)
    ]
    return Window(kernel, stride, padding, (size[0], size[1]), (least[0], least[1]))


@st.composite
def windows(
    draw: DrawFn, *, square: bool = False, padded: bool = True, half_padded: bool = False, fitting: bool = False
) -> Window:
    """Windows up to 4x4 with strides up to 3, larger than the kernel and leaving a tail included.

    ``square`` asks for kh == kw, ``half_padded`` for a padding of at most half the kernel, ``fitting`` for no tail.
    """
    small = st.integers(1, 4)
    high = draw(small)
    wide = high if square else draw(small)
    stride = draw(st.integers(1, 3))
    padding = draw(st.integers(0, 2)) if padded else 0
    if half_padded:
        padding = min(padding, min(high, wide) // 2)
    out = (draw(small), draw(small))
    rest = st.integers(0, 0 if fitting else 2)
    return window((high, wide), stride=stride, padding=padding, out=out, tail=(draw(rest), draw(rest)))
