"""What is special to the operators of multi-layer perceptrons: right gradients, cases away from kinks, chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from checker.bounds import FLOAT32, K
from checker.operator import Array, Case
from reference.operators import leaky_relu, perceptron, probability_loss, softmax, squared_loss
from reference.operators.autograd import tensor
from tests.reference.operators.sample import DRAWN_BY_CHANCE, OPERATORS, cases

SMOOTH: dict[str, Callable[[Case], tuple[Callable[..., torch.Tensor], list[torch.Tensor]]]] = {
    "leaky_relu": lambda case: (
        lambda x: leaky_relu.forward(x, float(case.options["neg_slope"])),  # type: ignore[arg-type]
        [tensor(case.arrays["x"])],
    ),
    "softmax": lambda case: (softmax.forward, [tensor(case.arrays["x"])]),
    "probability_loss": lambda case: (
        lambda x: probability_loss.forward(x, tensor(case.arrays["t"])),
        [tensor(case.arrays["x"])],
    ),
    "sigmoid": lambda case: (torch.sigmoid, [tensor(case.arrays["x"])]),
    "squared_loss": lambda case: (
        lambda x: squared_loss.forward(x, tensor(case.arrays["t"])),
        [tensor(case.arrays["x"])],
    ),
    "perceptron": lambda case: (
        lambda *flat: perceptron.forward(
            tensor(case.arrays["x"]),
            list(zip(flat[::2], flat[1::2], strict=True)),
            float(case.options["neg_slope"]),  # type: ignore[arg-type]
        ),
        [
            tensor(case.arrays[f"{kind}{k}"])
            for k in range(sum(name.startswith("bias") for name in case.arrays))
            for kind in ("weight", "bias")
        ],
    ),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_forward_has_the_gradient_of_finite_differences(name: str) -> None:
    """``torch.autograd.gradcheck`` agrees in float64, away from kinks and from rounding of large numbers."""
    checked = 0
    for case in cases(name):
        kinks = name == "leaky_relu" and any(mask.any() for mask in OPERATORS[name].kinks(case).values())
        if checked == 6 or kinks or max(float(np.abs(array).max()) for array in case.arrays.values()) >= 20:
            continue
        forward, inputs = SMOOTH[name](case)

        assert torch.autograd.gradcheck(forward, [value.requires_grad_() for value in inputs])
        checked += 1

    assert checked == 6


def test_probabilities_are_away_from_zero_and_sum_to_one() -> None:
    """An epsilon beside a probability may be told from none only by less than what is allowed."""
    for case in cases("probability_loss", 120):
        x, t = case.arrays["x"], case.arrays["t"]

        assert (x.sum(1) == 1).all()
        assert x.min() >= (1 / 512 if case.note == "targets of small probability" else 1 / 32)
        assert (t.sum(1) == 1).all()
        assert set(np.unique(t)) <= {0.0, 1.0}


def test_no_activation_of_a_network_is_near_its_kink() -> None:
    """Rounding must not choose the side of an activation; all widths differ, so that layers can be told apart."""
    for case in cases("perceptron", 120):
        hidden = case.options["n_hidden"]
        assert isinstance(hidden, tuple)
        x, slope = case.arrays["x"], float(case.options["neg_slope"])  # type: ignore[arg-type]
        for k in range(len(hidden)):
            z = x @ case.arrays[f"weight{k}"] + case.arrays[f"bias{k}"]

            assert np.abs(z).min() >= perceptron.STEP / 8
            x = np.where(z > 0, 1.0, slope) * z
        widths = [case.arrays["x"].shape[1], *hidden, case.arrays["dy"].shape[1]]
        assert len(set(widths)) == len(widths)


def test_right_initial_weights_are_accepted_and_wrong_ones_are_not() -> None:
    """Draws of NumPy from the distribution asked for stay within the bound; a spread ten per cent off may not."""
    rng = np.random.default_rng(0)
    for case in cases("initial"):
        expected = DRAWN_BY_CHANCE["initial"].reference(case)
        allowed = K * DRAWN_BY_CHANCE["initial"].bound(case, expected, FLOAT32)["weight"]
        size = int(case.options["inputs"]) * int(case.options["outputs"])  # type: ignore[arg-type]

        def shares(weights: Array, case: Case = case) -> Array:
            return np.asarray((weights[:, None] <= case.arrays["thresholds"]).mean(0))

        for _ in range(10):
            assert (np.abs(shares(rng.normal(0, 1e-4, size)) - expected["weight"]) <= allowed).all()
        for wrong in (rng.normal(0, 1.5e-4, size), rng.normal(5e-5, 1e-4, size), rng.uniform(-1e-4, 1e-4, size)):
            assert (np.abs(shares(wrong) - expected["weight"]) > allowed).any()
