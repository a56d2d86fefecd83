"""The parameters that a layer starts with: weights drawn from a normal distribution, biases and gradients zero.

What is compared of the weights is their empirical distribution function F_n, the share of them at or below each of some
thresholds. By the Dvoretzky-Kiefer-Wolfowitz inequality (with Massart's constant), n independent draws from F have
max |F_n - F| <= sqrt(log(2 / p) / 2n) but with probability p: one sound bound for mean, spread and shape at once.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erf, log, sqrt

import numpy as np
from hypothesis import strategies as st

from checker.bounds import K
from checker.operator import Array, Case, Operator, Outputs, Reference

UNLUCKY = 1e-12
"""The probability that right weights are refused, per case."""

SIZES = ((160, 130), (90, 240), (420, 50))
"""Inputs and outputs: some twenty thousand weights each, and either of them the larger."""

STEPS = (0.3, 0.6, 1.0, 1.5, 2.0, 3.0, 10.0, 30.0, 60.0, 100.0, 200.0, 1e3, 3e3, 1e4, 2e4)
"""Thresholds in standard deviations: up to 3 for the shape, beyond to name a spread that is far too large."""

OFTEN = {"1000 times": 1e3, "10 times": 10.0, "a tenth of": 0.1}


def _case(size: tuple[int, int], deviation: float) -> Case:
    steps = np.array(STEPS) * deviation
    thresholds = np.concatenate([-steps[::-1], [0.0], steps])
    return Case({"thresholds": thresholds}, {"inputs": size[0], "outputs": size[1], "deviation": deviation})


def _size(case: Case) -> tuple[int, int]:
    inputs, outputs = case.options["inputs"], case.options["outputs"]
    assert isinstance(inputs, int) and isinstance(outputs, int)
    return inputs, outputs


def _normal(case: Case, deviation: float) -> Array:
    """The distribution function of N(0, deviation^2) at the thresholds."""
    return np.array([(1 + erf(float(t) / deviation / sqrt(2))) / 2 for t in case.arrays["thresholds"]])


def _deviation(case: Case) -> float:
    deviation = case.options["deviation"]
    assert isinstance(deviation, float)
    return deviation


def reference(case: Case) -> Outputs:
    """F at the thresholds, and zeros in the shapes of bias, weight and bias."""
    inputs, outputs = _size(case)
    return {
        "weight": _normal(case, _deviation(case)),
        "bias": np.zeros(outputs),
        "grad[0]": np.zeros((inputs, outputs)),
        "grad[1]": np.zeros(outputs),
    }


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The inequality above for the weights (it is no rounding error, so it is not multiplied by K); zeros are exact."""
    inputs, outputs = _size(case)
    largest = sqrt(log(2 / UNLUCKY) / (2 * inputs * outputs))
    zeros = {name: np.zeros_like(array) for name, array in expected.items()}
    return {**zeros, "weight": np.full_like(expected["weight"], largest / K)}


def no_entry(case: Case) -> Outputs:
    """No entry hangs on a convention; but shares of random weights do not tell float32 from float64."""
    return {"weight": np.zeros(case.arrays["thresholds"].shape, bool)}


def _spread(factor: float) -> Reference:
    return lambda case: {"weight": _normal(case, factor * _deviation(case))}


def _by_size(deviation: Callable[[int, int], float]) -> Reference:
    """Weights whose deviation follows the numbers of inputs and outputs."""
    return lambda case: {"weight": _normal(case, deviation(*_size(case)))}


def _uniform(case: Case) -> Outputs:
    return {"weight": np.clip(case.arrays["thresholds"] / _deviation(case), 0, 1)}


def normal_weights(deviation: float) -> Operator:
    """Weights from N(0, deviation^2); the mistakes are those that a deviation of 1e-4 invites."""
    mistakes: dict[str, Reference] = {
        "the weights have standard deviation 1: they are not scaled": _spread(1 / deviation),
        "the variance, not the standard deviation, has the value asked for": _spread(deviation**-0.5),
        **{f"the weights have {times} the standard deviation asked for": _spread(by) for times, by in OFTEN.items()},
        "the weights have the standard deviation of He et al., sqrt(2 / inputs)": _by_size(lambda n, _: sqrt(2 / n)),
        "the weights have the standard deviation sqrt(1 / inputs)": _by_size(lambda n, _: sqrt(1 / n)),
        "the weights have the standard deviation of Glorot, sqrt(2 / (inputs + outputs))": _by_size(
            lambda n, m: sqrt(2 / (n + m))
        ),
        "all weights are zero": lambda case: {"weight": (case.arrays["thresholds"] >= 0).astype(float)},
        "the weights are uniform between 0 and the standard deviation": _uniform,
        "the weights are uniform between 0 and 1": lambda case: {"weight": np.clip(case.arrays["thresholds"], 0, 1)},
    }
    cases = st.sampled_from(SIZES).map(lambda size: _case(size, deviation))
    return Operator("Initial parameters", cases, reference, bound, kinks=no_entry, mistakes=mistakes, upstream=())
