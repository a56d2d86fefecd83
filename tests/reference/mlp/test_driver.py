"""The NumPy driver honours every layout, let no wrong gradient shape through, and find modules wherever they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checker.operator import Array
from reference.mlp import driver
from reference.mlp.driver.layers import GradientShapeError, fill, linear_modules
from reference.mlp.flags import derive, flags
from reference.operators.leaky_relu import leaky_relu
from reference.operators.linear import linear

CASE = linear.examples[3]


class Linear:
    """A right linear module in any layout: ``transposed`` weights (out, in), a bias of any of three shapes."""

    transposed = False
    bias_shape: Callable[[int], tuple[int, ...]] = staticmethod(lambda size: (size,))

    def __init__(self, in_features: int, out_features: int) -> None:
        weight = np.zeros((out_features, in_features) if self.transposed else (in_features, out_features))
        self.params = {"weight": weight, "bias": np.zeros(self.bias_shape(out_features))}
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def _weight(self) -> Array:
        return self.params["weight"].T if self.transposed else self.params["weight"]

    def forward(self, x: Array) -> Array:
        self.x = x
        return np.asarray(x @ self._weight() + self.params["bias"].reshape(1, -1))

    def backward(self, dout: Array) -> Array:
        weight = self.x.T @ dout
        self.grads = {
            "weight": weight.T if self.transposed else weight,
            "bias": dout.sum(0).reshape(self.params["bias"].shape),
        }
        return np.asarray(dout @ self._weight().T)


SHAPES: list[Callable[[int], tuple[int, ...]]] = [lambda n: (n,), lambda n: (1, n), lambda n: (n, 1)]


def _given() -> SimpleNamespace:
    return SimpleNamespace(**{name: array.copy() for name, array in CASE.arrays.items()}, **CASE.protocol)


def _outputs(steps: Iterator[tuple[str, Any]]) -> tuple[dict[str, Any], Exception | None]:
    outputs: dict[str, Any] = {}
    try:
        for name, value in steps:
            outputs |= {name: value}
    except Exception as error:
        return outputs, error
    return outputs, None


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_layout_gives_the_same_outputs(transposed: bool, shape: Callable[[int], tuple[int, ...]]) -> None:
    """Weight (in, out) or (out, in), bias (out,), (1, out) or (out, 1)."""
    layer = type("Free", (Linear,), {"transposed": transposed, "bias_shape": staticmethod(shape)})
    outputs, error = _outputs(driver.linear(SimpleNamespace(LinearModule=layer), _given()))
    expected = linear.reference(CASE)

    assert error is None
    assert outputs.keys() == expected.keys()
    assert all(np.allclose(outputs[name], expected[name]) for name in expected)


@pytest.mark.parametrize("name", ["weight", "bias"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_gradient_of_another_shape_is_an_error_and_costs_nothing_else(
    name: str, shape: Callable[[int], tuple[int, ...]]
) -> None:
    """Also where its values are right and its shape is that of another legal layout."""

    class Wrong(Linear):
        bias_shape = staticmethod(shape)

        def backward(self, dout: Array) -> Array:
            dx = super().backward(dout)
            value = self.grads[name]
            self.grads[name] = value.T if value.ndim == 2 else value[None]
            return dx

    outputs, error = _outputs(driver.linear(SimpleNamespace(LinearModule=Wrong), _given()))

    assert isinstance(error, GradientShapeError)
    assert outputs.keys() == {"y", "x.grad", "weight.grad", "bias.grad"} - {f"{name}.grad"}


def test_linear_modules_are_found_wherever_they_are_kept() -> None:
    """In lists, dictionaries, attributes, slots and objects of objects, in cycles, twice: each once."""

    class Slots:
        __slots__ = ("layer",)

        def __init__(self, layer: Linear) -> None:
            self.layer = layer

    layers = [Linear(2, 3), Linear(3, 4), Linear(4, 5), Linear(5, 6)]
    network = SimpleNamespace(first=layers[0], others={"a": [(layers[1],)], "b": Slots(layers[2])})
    network.inner = SimpleNamespace(owner=network, again=layers[0], deep=SimpleNamespace(layer=layers[3]))
    found = linear_modules(network)

    assert len(found) == 4
    assert {id(layer) for layer in found} == {id(layer) for layer in layers}


def test_values_are_written_where_the_student_may_hold_them_by_another_name() -> None:
    """A parameter is filled in place."""
    layer = Linear(3, 2)
    held = layer.params["weight"]
    fill(layer, np.ones((3, 2)), np.ones(2))

    assert layer.params["weight"] is held
    assert held.all()


class StaleReLU:
    """It works its factors out anew only for a batch of another shape."""

    def __init__(self, neg_slope: float) -> None:
        self.neg_slope = neg_slope
        self.factor: Array = np.zeros(())

    def forward(self, x: Array) -> Array:
        if self.factor.shape != x.shape:
            self.factor = np.where(x > 0, 1.0, self.neg_slope)
        return self.factor * x

    def backward(self, dout: Array) -> Array:
        return self.factor * dout


def test_what_is_left_over_from_a_batch_of_the_same_size_is_seen() -> None:
    """Not only what a smaller one leaves."""
    (case,) = (case for case in leaky_relu.examples if case.protocol["used_before"])
    given = SimpleNamespace(**case.arrays, **case.options, **case.protocol)
    outputs, error = _outputs(driver.leaky_relu(SimpleNamespace(LeakyReLUModule=StaleReLU), given))
    expected = leaky_relu.reference(case)
    assert error is None
    assert not any(np.array_equal(outputs[name], expected[name]) for name in ("y", "x.grad"))


def test_flags_are_derived_from_any_answer_without_failing() -> None:
    """Missing, odd and endless numbers leave an expectation that they do not meet; they never stop the grader."""
    case = next(case for case in flags.examples if case.options["dnn_hidden_units"])
    odd: list[dict[str, Array]] = [
        {},
        {"learning_rate": np.array(np.nan), "update[0]": np.ones(2)},
        {"learning_rate": np.array([1.0, 2.0]), "update[0]": np.ones(2)},
        {"learning_rate": np.array(0.1), "update[5]": np.ones(2)},
        {"learning_rate": np.array(0.1), "update[0]": np.ones(2), "before[0]": np.ones(2), "gradient[0]": np.zeros(2)},
        {"learning_rate": np.array(0.1), "update[0]": np.ones(2), "before[0]": np.ones(3), "gradient[0]": np.ones(2)},
    ]

    assert all(derive(case, got) == ({}, {}) for got in odd)


def test_an_update_is_explained_by_one_learning_rate() -> None:
    """What gradient descent makes of parameters is accepted, what leaves one of them alone is not."""
    case = next(case for case in flags.examples if case.options["dnn_hidden_units"])
    before, gradient = np.array([1e-4, -2e-4, 0.5]), np.array([0.3, -0.2, 0.1])
    got = {"learning_rate": np.array(0.25), "before[0]": before, "gradient[0]": gradient, "update[0]": before}
    expected, allowed = derive(case, got)

    assert np.abs(before - 0.25 * gradient - expected["update[0]"]).max() == 0
    assert (np.abs(before - expected["update[0]"]) > allowed["update[0]"]).all()


@pytest.mark.parametrize("name", ["script.py", "pictures.py"])
def test_all_training_scripts_are_run_in_the_same_way(name: str) -> None:
    """A driver is a folder by itself, so both have the files that run scripts."""
    folder = Path(driver.__file__).parent

    assert (folder / name).read_text() == (folder.parent / "torch_driver" / name).read_text()
