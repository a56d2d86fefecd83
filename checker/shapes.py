"""Shapes: why an array has another shape than the one that is asked for."""

from __future__ import annotations

from checker.operator import Case


def explain(got: tuple[int, ...], expected: tuple[int, ...], case: Case, gradient: bool) -> str | None:
    """The likely cause in words; ``gradient`` says whether a gradient is asked for."""
    return _axes(got, expected) or _picture(got, expected, case, gradient)


def _axes(got: tuple[int, ...], expected: tuple[int, ...]) -> str | None:
    if got == expected[::-1]:
        return "the result is transposed"
    if tuple(n for n in got if n != 1) == tuple(n for n in expected if n != 1):
        return "an axis of length 1 is left over or missing (keepdims, squeeze)"
    if got == ():
        return "the sum or mean goes over all axes: one of them has to stay"
    if sorted(got) == sorted(expected):
        return "the axes are in another order"
    return None


def _picture(got: tuple[int, ...], expected: tuple[int, ...], case: Case, gradient: bool) -> str | None:
    """Why a batch of pictures has another height or width."""
    if not len(got) == len(expected) > 2 or got[:2] != expected[:2]:
        return None
    excess = {a - b for a, b in zip(got[2:], expected[2:], strict=True)}
    padding = case.options.get("padding")
    windows = _windows(case)
    if (gradient or windows != expected[2:]) and isinstance(padding, int) and padding and excess == {2 * padding}:
        return "the padding is still around it: cut it off"
    if gradient:
        return "a gradient has the shape of what it is the gradient of; entries that no window reaches get 0"
    if windows == expected[2:]:
        return "the output size is computed differently: floor((size + 2 * padding - kernel) / stride) + 1"
    return "its height or width is computed differently"


def _windows(case: Case) -> tuple[int, ...] | None:
    """How many windows fit in height and width, where the case says what a window is."""
    kernel, stride, padding = (case.options.get(name) for name in ("kernel", "stride", "padding"))
    x = case.arrays.get("x")
    # With a size of its own a case asks for the picture, not for the windows.
    if x is None or x.ndim != 4 or "size" in case.options or not isinstance(kernel, tuple):
        return None
    sides = [side for side in kernel if isinstance(side, int)]
    if not (len(sides) == 2 and isinstance(stride, int) and stride > 0 and isinstance(padding, int)):
        return None
    return tuple((size + 2 * padding - side) // stride + 1 for size, side in zip(x.shape[2:], sides, strict=True))
