"""Building blocks of cases must be deterministic, exact in float32 and shrink to something trivial."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.cases import MODES, Palette, float32, palettes, sizes, window, windows

MODE = st.sampled_from(sorted(MODES))
SEED = st.integers(0, 2**16 - 1)
SHAPE = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
CHECKED = settings(max_examples=60, database=None, deadline=None, derandomize=True)


@CHECKED
@given(MODE, SEED, SHAPE)
def test_values_are_exact_in_float32_and_repeat(mode: str, seed: int, shape: tuple[int, ...]) -> None:
    """The same name, shape, mode and seed must give the same float64 array, and float32 must hold it."""
    values = Palette(mode, seed)("x", *shape)

    assert values.shape == shape
    assert values.dtype == np.float64
    assert np.array_equal(values, float32(values))
    assert np.array_equal(values, Palette(mode, seed)("x", *shape))


def test_arrays_of_one_palette_differ() -> None:
    """Arrays of other names must come from streams of their own."""
    values = Palette("normal", 7)

    assert not np.array_equal(values("x", 5), values("weight", 5))


def test_nothing_is_drawn_from_the_global_generator() -> None:
    """Students' code reseeds NumPy's global generator; values must not notice."""
    np.random.seed(1)
    first = Palette("normal", 3)("x", 4)
    np.random.seed(2)

    assert np.array_equal(first, Palette("normal", 3)("x", 4))


@CHECKED
@given(MODE, SEED, SHAPE)
def test_upstream_entries_differ(mode: str, seed: int, shape: tuple[int, ...]) -> None:
    """An upstream gradient must not be constant unless it has one entry; whole ones have no 0 and no 1."""
    dy = Palette(mode, seed).upstream("dy", *shape)

    assert dy.shape == shape
    assert dy.size == 1 or np.unique(dy).size > 1
    if mode in ("small", "distinct"):
        assert np.unique(np.abs(dy)).size == dy.size
        assert np.abs(dy).min() >= 2


def test_scalar_upstream_is_an_array_without_axes() -> None:
    """A scalar loss must get an upstream gradient other than 1."""
    dy = Palette().upstream("dy")

    assert dy.shape == ()
    assert dy not in (0, 1)


@pytest.mark.parametrize(
    ("mode", "holds"),
    [
        ("small", lambda a: (np.abs(a) <= 3).all() and np.array_equal(a, np.rint(a))),
        ("distinct", lambda a: np.unique(a).size == a.size and np.array_equal(a, np.rint(a))),
        ("negative", lambda a: (a < 0).all()),
        ("zeros", lambda a: np.signbit(a[a == 0]).any() and not np.signbit(a[a == 0]).all()),
        ("large", lambda a: np.abs(a).max() > 500),
        ("offset rows", lambda a: (np.abs(a) > 900).all() and len(set(np.sign(a[:, 0]))) == 2),
    ],
)
def test_modes_are_what_they_are_called(mode: str, holds: object) -> None:
    """Each mode must show what it is there for."""
    assert callable(holds)
    assert holds(Palette(mode, 5)("x", 8, 9))


def test_labels_are_unsorted_and_repeat() -> None:
    """Labels must be int64 in range, in no order."""
    labels = Palette("small", 1).labels("labels", 30, 4)

    assert labels.dtype == np.int64
    assert set(labels) == {0, 1, 2, 3}
    assert sorted(labels) != list(labels)


@CHECKED
@given(sizes((1, 4), (1, 4), (2, 4)))
def test_sizes_above_one_differ(drawn: tuple[int, ...]) -> None:
    """No two sizes above 1 may be the same, and none is below its least."""
    above = [size for size in drawn if size > 1]

    assert len(set(above)) == len(above)
    assert drawn[2] >= 2


@CHECKED
@given(windows(), windows(half_padded=True), windows(square=True, padded=False), windows(fitting=True))
def test_windows_are_valid(free: tuple, half: tuple, square: tuple, fitting: tuple) -> None:  # type: ignore[type-arg]
    """The output size must follow from the input's, and the options keep their promises."""
    for kernel, stride, padding, size, out in (free, half, square, fitting):
        assert min(size) >= 1
        assert out == tuple((n + 2 * padding - k) // stride + 1 for n, k in zip(size, kernel, strict=True))
        assert min(out) >= 1
    assert half[2] <= min(half[0]) // 2
    assert square[0][0] == square[0][1]
    assert square[2] == 0
    assert all((n + 2 * fitting[2] - k) % fitting[1] == 0 for n, k in zip(fitting[3], fitting[0], strict=True))


def test_padding_that_needs_a_larger_output_gets_it() -> None:
    """A padded 1x1 kernel cannot have a 1x1 output: the window must grow."""
    assert window((1, 1), padding=2).out == (5, 5)
    assert window((1, 1), padding=2).size == (1, 1)


def test_a_tail_is_left_over() -> None:
    """The input must have the rows and columns that no window reaches, always fewer than the stride."""
    assert window((2, 3), stride=2, out=(2, 2), tail=(1, 0)).size == (5, 5)
    assert window((2, 3), stride=2, out=(2, 2), tail=(9, 9)).size == (5, 6)


def test_palettes_shrink_to_their_first_mode() -> None:
    """The first mode with seed 0 must be the simplest palette."""
    found: list[Palette] = []

    @settings(max_examples=1, database=None, deadline=None, derandomize=True)
    @given(palettes("distinct", "normal"))
    def draw(palette: Palette) -> None:
        found.append(palette)

    draw()

    assert found[0] == Palette("distinct", 0)
