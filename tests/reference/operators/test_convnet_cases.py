"""Cases of the convnet homework's operators must be valid, small, exact in float32 and hold the promised corners."""

from __future__ import annotations

from typing import Any

import numpy as np

from checker.bounds import FLOAT32, K
from checker.drawing import simplest
from checker.operator import Case
from reference.operators import sequential
from reference.operators.activation import relu
from reference.operators.convolution_matrix import GIVEN
from reference.operators.interleaved import interleaved
from reference.operators.optim import settings
from tests.reference.operators.sample import OPERATORS, cases


def test_kernels_are_square_and_pools_have_no_padding() -> None:
    """One number must do for the kernel."""
    for name in ("conv2d_square", "maxpool2d_square"):
        for case in cases(name):
            option: dict[str, Any] = dict(case.options)
            high, wide = option["kernel"]
            assert high == wide
            assert name == "conv2d_square" or option["padding"] == 0


def test_the_given_setting_and_others_are_asked() -> None:
    """Half of the matrices must be those of the problem, with its four entries where it has them."""
    reference = OPERATORS["conv_matrix"].reference
    given = [case for case in cases("conv_matrix") if "A" in reference(case)]
    weight = np.arange(1.0, 10.0).reshape(3, 3)
    options: dict[str, Any] = {"input_shape": GIVEN.size, "stride": GIVEN.stride, "padding": GIVEN.padding}
    matrix = reference(Case({"weight": weight}, options))["A"]

    assert 15 <= len(given) <= len(cases("conv_matrix")) - 15
    assert matrix.shape == (4, 9)
    assert {index: matrix[index] for index in zip(*np.nonzero(matrix), strict=True)} == {
        (0, 0): weight[2, 2],
        (1, 2): weight[2, 0],
        (2, 6): weight[0, 2],
        (3, 8): weight[0, 0],
    }


def test_no_network_is_at_a_kink() -> None:
    """Around x0 the value must be the line that is expected."""
    for case in cases("piecewise_linear"):
        outputs = list(OPERATORS["piecewise_linear"].reference(case).values())
        slope, intercept = (float(value) for value in outputs)
        x0, w1, b1, w2, b2, w3, b3 = case.arrays.values()
        for x in (float(x0) - 1e-3, float(x0) + 1e-3):
            hidden = np.maximum(w2 @ np.maximum(w1[:, 0] * x + b1, 0) + b2, 0)
            assert abs((w3 @ hidden + b3)[0] - (slope * x + intercept)) < 1e-9


def test_no_rounding_can_decide_a_relu_or_a_maximum() -> None:
    """Moving every weight by the error of float32 must leave the gradients where they are."""
    rng = np.random.default_rng(0)
    for case in cases("classifier"):
        assert sequential.is_clear(case)
        moved = {
            name: array * (1 + K * FLOAT32 * rng.choice((-1, 1), array.shape)) if array.dtype.kind == "f" else array
            for name, array in case.arrays.items()
        }
        one, other = (OPERATORS["classifier"].reference(c) for c in (case, case.with_arrays(**moved)))
        kinks = OPERATORS["classifier"].kinks(case)
        for name, array in one.items():
            assert (np.isclose(array, other[name], rtol=1e-3, atol=1e-4) | kinks.get(name, False)).all(), name


def test_networks_come_in_many_forms() -> None:
    """Every kind of module must come first and in between; outputs behind a ReLU must be tied in some window."""
    networks = [sequential.modules_of(case) for case in cases("classifier")]

    assert {network[0].kind for network in networks} == {"Conv2D", "MaxPooling", "ReLU", "Linear"}
    assert {len(network) for network in networks} >= {1, 2, 3, 4, 6}
    assert any(mask.any() for case in cases("classifier") for mask in OPERATORS["classifier"].kinks(case).values())


def test_optimizers_take_three_steps_and_more() -> None:
    """Momentum and its mistakes need them; rates that change must do so after the first step."""
    drawn = [settings(case) for case in cases("sgd")]

    assert all(len(found.rates) >= 3 for found in drawn)
    assert all((len(set(found.rates)) > 1) == found.changing for found in drawn)
    assert 15 <= sum(found.changing for found in drawn) <= len(drawn) - 15


def test_interleaving_asks_for_another_layer_in_between() -> None:
    """The operator stays as it is but for its protocol."""
    operator = interleaved(relu)
    case = simplest(operator.cases)

    assert not case.protocol["another_between"]
    assert [c.protocol["another_between"] for c in operator.examples] == [False] * len(relu.examples) + [True]
    assert operator.reference is relu.reference
