"""What is special to backprop's operators: graphs, losses and networks whose references are slopes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from checker.bounds import FLOAT32, K
from checker.operator import Case
from reference.operators import scalar_graph, training_step
from reference.operators.autograd import tensor
from reference.operators.overwritten import watching
from reference.operators.softmax_loss import softmax_loss
from reference.operators.two_layer_net import two_layer_net
from tests.reference.operators.sample import OPERATORS, cases


@pytest.mark.parametrize(
    ("name", "forward", "inputs"),
    [
        ("f1", scalar_graph.f1_forward, ("x1", "w1", "x2", "w2", "b", "y")),
        ("f2", scalar_graph.f2_forward, ("x",)),
        ("f3", scalar_graph.f3_forward, ("s1", "s2")),
    ],
)
def test_graphs_have_the_gradient_of_finite_differences(name: str, forward: object, inputs: tuple[str, ...]) -> None:
    """``torch.autograd.gradcheck`` must agree in float64, near 0."""
    checked = 0
    for case in cases(name):
        if max(float(np.abs(array).max()) for array in case.arrays.values()) > 4:
            continue
        rest = {key: tensor(array) for key, array in case.arrays.items() if key not in inputs}
        leaves = [tensor(case.arrays[key]).requires_grad_() for key in inputs]

        def call(*tensors: torch.Tensor, rest: dict[str, torch.Tensor] = rest) -> torch.Tensor:
            return forward(**dict(zip(inputs, tensors, strict=True)), **rest)  # type: ignore[operator,no-any-return]

        assert torch.autograd.gradcheck(call, leaves)
        checked += 1

    assert checked >= 10


def test_f2_and_f3_are_the_graphs_of_the_homework() -> None:
    """tanh and the softmax loss must be what the graphs compute, node by node."""
    for case in cases("f2"):
        e = np.exp(2 * case.arrays["x"])
        assert np.isclose(scalar_graph.f2.reference(case)["y"], (e - 1) / (e + 1), rtol=1e-12)
    for case in cases("f3"):
        if not case.group:
            e1, e2 = np.exp(case.arrays["s1"]), np.exp(case.arrays["s2"])
            p = (e1 if case.arrays["label"] == 1 else e2) / (e1 + e2)
            assert np.isclose(scalar_graph.f3.reference(case)["L"], -np.log(p), rtol=1e-9, atol=1e-12)


def test_training_gradients_are_the_slopes_of_the_loss() -> None:
    """Central differences of the loss must agree with the gradients, regulariser included."""
    for case in training_step.EXAMPLES[:3]:
        right = training_step.reference(case)
        for number, name in enumerate(name for name in ("weight1", "bias1", "weight2", "bias2") if name in case.arrays):
            output = f"{name[:-1]}.grad[{number // 2}]"
            for index in np.ndindex(case.arrays[name].shape):
                losses = []
                for step in (1e-6, -1e-6):
                    moved = case.arrays[name].copy()
                    moved[index] += step
                    losses.append(training_step.reference(case.with_arrays(**{name: moved}))["loss"])
                assert np.isclose((losses[0] - losses[1]) / 2e-6, right[output][index], rtol=1e-5, atol=1e-7)


def test_softmax_loss_is_two_thousand_where_the_homework_says_so() -> None:
    """The promised example must be there, with the loss 2000."""
    case = softmax_loss.examples[0]

    assert case.arrays["x"].tolist() == [[1000.0, 0.0, -1000.0]]
    assert case.arrays["labels"].tolist() == [2]
    assert softmax_loss.reference(case)["y"] == 2000
    assert softmax_loss.reference(case)["x.grad"].tolist() == [[1.0, 0.0, -1.0]]


def test_softmax_loss_has_the_gradient_with_upstream_one() -> None:
    """It must be the mean cross entropy with its upstream gradient set to 1, and no upstream gradient is sent."""
    for case in cases("softmax_loss", 10):
        assert set(case.arrays) == {"x", "labels"}
        with_one = Case({**case.arrays, "dy": np.ones(())}, {"reduction": "mean"})
        assert np.array_equal(
            softmax_loss.reference(case)["x.grad"], OPERATORS["cross_entropy_mean"].reference(with_one)["x.grad"]
        )


def test_a_gradient_in_a_hidden_unit_at_zero_may_take_either_side() -> None:
    """Where a hidden sum is 0, passing the gradient and stopping it must both be allowed, and nothing else."""
    ones = np.ones((1, 2))
    arrays = {"x": ones, "weight1": np.array([[1.0, 2.0, 3.0], [-1.0, 1.0, 1.0]]), "bias1": np.zeros(3)}
    arrays |= {"weight2": np.full((3, 2), 2.0), "bias2": np.zeros(2), "dy": ones}
    case = Case(arrays, protocol={"used_before": False})
    expected = two_layer_net.reference(case)
    allowed = K * two_layer_net.bound(case, expected, FLOAT32)["bias1.grad"]

    assert expected["bias1.grad"].tolist() == [0.0, 4.0, 4.0]
    assert allowed[0] >= 4
    assert (allowed[1:] < 1e-4).all()


def test_what_was_read_back_decides_where_parameters_cannot_be_written() -> None:
    """With parameters of its own, even of another size, a net's answer must be judged by those."""
    case = two_layer_net.examples[1]
    derive = two_layer_net.derive
    assert derive is not None
    same = {name: case.arrays[name] for name in ("weight1", "bias1", "weight2", "bias2")}
    d, c = case.arrays["x"].shape[1], case.arrays["dy"].shape[1]
    rng = np.random.default_rng(0)
    own = {"weight1": rng.random((d, 9)), "bias1": rng.random(9), "weight2": rng.random((9, c)), "bias2": rng.random(c)}
    expected, allowed = derive(case, own)

    assert derive(case, same) == ({}, {})
    assert derive(case, {"weight1": own["weight1"]}) == ({}, {})
    assert expected["weight1.grad"].shape == allowed["weight1.grad"].shape == (d, 9)
    hidden = np.maximum(case.arrays["x"] @ own["weight1"] + own["bias1"], 0)
    assert np.allclose(expected["y"], hidden @ own["weight2"] + own["bias2"])


def test_an_overwritten_argument_is_seen_and_named() -> None:
    """The watched argument must come back as it was; the mistake predicts the result in it."""
    operator = watching(OPERATORS["relu"], "dy", "x.grad")
    case = operator.examples[0]
    expected = operator.reference(case)
    (named,) = [predict for name, predict in operator.mistakes.items() if "belongs to the caller" in name]

    assert np.array_equal(expected["dy afterwards"], case.arrays["dy"])
    assert not operator.bound(case, expected, FLOAT32)["dy afterwards"].any()
    assert np.array_equal(named(case)["dy afterwards"], expected["x.grad"])
