"""Drawn cases and examples must be valid, exact in float32 and hold the corners that are promised."""

from __future__ import annotations

import os
import subprocess
import sys
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checker.drawing import simplest
from checker.operator import Case
from tests.reference.operators.sample import OPERATORS, cases

ROOT = Path(__file__).resolve().parents[3]

PROMISED = {
    "linear": ["a single sample", "zero upstream gradient", "the layer has been used before"],
    "relu": ["zeros and negative zeros", "negative values only", "zero upstream gradient"],
    "batchnorm1d": [
        "evaluation of a single sample",
        "variance near epsilon",
        "mean thirty times the deviation",
        "momentum 0.9",
        "zero upstream gradient",
    ],
    "cross_entropy": [
        "a single sample",
        "two classes",
        "rows offset by +1000 and -1000",
        "logits 30 apart",
        "logits 200 apart",
        "logits 2000 apart, confident and wrong",
        "zero upstream gradient",
    ],
    "cross_entropy_mean": ["logits 2000 apart, confident and wrong", "zero upstream gradient"],
    "unfold": ["the stride leaves a tail", "stride larger than the kernel", "padding around a 1x1 kernel"],
    "fold": ["padding and overlap", "stride larger than the kernel", "padding around a 1x1 kernel"],
    "conv2d": [
        "the stride leaves a tail",
        "stride larger than the kernel",
        "the kernel covers the whole input",
        "padding around a 1x1 kernel",
        "a single sample and channel",
        "the kernel is given as one number",
        "zero upstream gradient",
    ],
    "maxpool2d": [
        "the stride leaves a tail",
        "negative values only",
        "several maxima in a window",
        "padding and overlap",
        "zero upstream gradient",
    ],
    "conv_matrix": ["the problem's setting", "overlapping windows", "the stride leaves a tail"],
    "piecewise_linear": [f"the given network at x0 = {x0}" for x0 in (2, -1, 1)],
    "conv2d_square": ["the stride leaves a tail", "stride larger than the kernel", "the layer has been used before"],
    "maxpool2d_square": ["the stride leaves a tail", "stride larger than the kernel", "negative values only"],
    "flattening_linear": ["flat samples", "images", "a single image", "zero upstream gradient"],
    "classifier": ["a single module", "two convolutions", "two classes", "the first module has no parameters"],
    "sgd": ["modules without parameters in between", "the learning rate drops", "the learning rate rises"],
    "leaky_relu": ["a slope above one", "slope zero", "zero upstream gradient"],
    "softmax": ["a single sample", "a single class", "rows offset by +1000 and -1000", "zero upstream gradient"],
    "probability_loss": ["a single sample", "two classes"],
    "perceptron": ["no hidden layer", "one hidden layer", "two hidden layers", "the network has been used before"],
}

SIMPLEST = {
    "two_layer_net": 40,
    "training_step": 40,
    "classifier": 14,
    "piecewise_linear": 14,
    "conv_matrix": 14,
    "sgd": 14,
}
"""How many entries the simplest case may have where that is more than 12: networks have several arrays."""

WAYS = {"names", "given"}
"""Protocol entries that choose one of several ways, none of which is simpler than the others."""

FRACTIONS = {"probability_loss", "training_step", "perceptron", "classifier", "piecewise_linear"}
"""Operators whose values are fractions by nature: probabilities, and weights that keep activations off their kinks."""


@pytest.mark.parametrize("name", OPERATORS)
def test_examples_hold_what_is_promised(name: str) -> None:
    """Every promised example must be there; notes are present and different."""
    notes = [case.note for case in OPERATORS[name].examples]

    assert set(PROMISED.get(name, ())) <= set(notes)
    assert all(notes)
    assert len(set(notes)) == len(notes)


@pytest.mark.parametrize("name", OPERATORS)
def test_arrays_are_exact_in_float32(name: str) -> None:
    """Floats must be float64 that survive the way through float32; labels must be int64 within the classes."""
    for case in cases(name):
        for array_name, array in case.arrays.items():
            if array_name in ("labels", "label"):
                assert array.dtype == np.int64
                assert array.min() >= 0
            else:
                assert array.dtype == np.float64
                assert np.array_equal(array.astype(np.float32).astype(np.float64), array)


@pytest.mark.parametrize("name", OPERATORS)
def test_cases_are_small(name: str) -> None:
    """A case must stay small enough for slow loops in Python."""
    for case in cases(name, 120):
        assert all(array.size <= 4000 for array in case.arrays.values())
        options: dict[str, Any] = dict(case.options)
        if "kernel" in options and "dy" in case.arrays:
            assert prod(case.arrays["dy"].shape) * prod(options["kernel"]) <= 10_000


@pytest.mark.parametrize("name", [name for name, operator in OPERATORS.items() if operator.upstream])
def test_upstream_gradients_differ_from_entry_to_entry(name: str) -> None:
    """But for the zero example, an upstream gradient must not be constant, nor all ones."""
    operator = OPERATORS[name]
    for case in cases(name):
        for upstream in operator.upstream:
            dy = case.arrays.get(upstream)
            if dy is not None and case.note != "zero upstream gradient":
                assert dy.size == 1 or np.unique(dy).size > 1
                assert not (dy == 1).all()


@pytest.mark.parametrize("name", OPERATORS)
def test_the_simplest_case_is_trivial(name: str) -> None:
    """Shrinking must end at sizes, strides and values that can be read at a glance."""
    case = simplest(OPERATORS[name].cases)
    options: dict[str, Any] = dict(case.options)

    assert sum(array.size for array in case.arrays.values()) <= SIMPLEST.get(name, 12)
    assert name in FRACTIONS or all(np.array_equal(array, np.rint(array)) for array in case.arrays.values())
    assert not any(value for key, value in case.protocol.items() if key not in WAYS)
    if "kernel" in options:
        assert (options["kernel"], options["stride"], options["padding"]) == ((1, 1), 1, 0)


def test_padded_pooling_has_positive_values() -> None:
    """Where padding takes part in pooling, all values must be positive: padding by 0 and by -inf then agree."""
    padded = [case for case in cases("maxpool2d") if case.options["padding"]]

    assert len(padded) >= 5
    assert all((case.arrays["x"] > 0).all() for case in padded)


def test_pooling_routes_most_gradients_without_ties() -> None:
    """Most pooling cases must have no kink at all, and some must have one."""
    tied = [bool(OPERATORS["maxpool2d"].kinks(case)["x.grad"].any()) for case in cases("maxpool2d")]

    assert any(tied)
    assert sum(tied) < len(tied) / 2


def test_fold_is_asked_at_fitting_sizes_only() -> None:
    """The picture must be as large as the windows and the padding say."""
    for case in cases("fold"):
        options: dict[str, Any] = dict(case.options)
        steps = case.arrays["x"].shape[2:]
        fitting = tuple(
            (n - 1) * options["stride"] + k - 2 * options["padding"]
            for n, k in zip(steps, options["kernel"], strict=True)
        )
        assert options["size"] == fitting


def test_windows_meet_the_corners() -> None:
    """Drawn convolutions must include tails, gaps, padding, and kernels with kh != kw or given as one number."""
    drawn: list[Case] = [case for case in cases("conv2d", 200) if not case.note]
    tails = gaps = pads = oblong = integers = 0
    for case in drawn:
        options: dict[str, Any] = dict(case.options)
        (high, wide), stride, padding = options["kernel"], options["stride"], options["padding"]
        free = [n + 2 * padding - k for n, k in zip(case.arrays["x"].shape[2:], (high, wide), strict=True)]
        tails += any(rest % stride for rest in free)
        gaps += stride > max(high, wide)
        pads += padding > 0
        oblong += high != wide
        integers += bool(case.protocol["kernel_as_int"])
        assert high == wide or not case.protocol["kernel_as_int"]

    assert min(tails, gaps, pads, oblong, integers) >= 5


SCRIPT = """
from tests.reference.operators.sample import OPERATORS, cases
print([case.key for name in OPERATORS for case in cases(name, 8, 3)])
"""


def test_drawing_does_not_depend_on_the_process() -> None:
    """Two processes with different hash seeds must draw the same cases."""
    printed = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]

    assert printed[0] == printed[1]
    assert len(printed[0]) > 1000


@pytest.mark.parametrize("seed", range(1, 6))
def test_networks_are_drawn_under_every_seed(seed: int) -> None:
    """Some sizes made windows of padding alone, whose ties no other values could break."""
    assert len(cases("classifier", seed=seed)) > 60
