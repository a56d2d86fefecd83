"""Backprop's operators: right programs have room to spare, mistakes stand out and differ, references are slopes."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
import torch

from checker.bounds import FLOAT32, FLOAT64, TINY, K
from checker.drawing import draw, simplest
from checker.operator import Array, Case, Operator, Outputs, aspect_of
from reference.operators import scalar_graph, training_step
from reference.operators.autograd import tensor
from reference.operators.overwritten import watching
from reference.operators.regularization import l2_regularization
from reference.operators.softmax_loss import softmax_loss
from reference.operators.two_layer_net import two_layer_net
from tests.reference.operators.sample import OPERATORS as SHARED
from tests.reference.operators.variants import Variant
from tests.reference.operators.variants_backprop import VARIANTS

OPERATORS: dict[str, Operator] = {
    "f1": scalar_graph.f1,
    "f2": scalar_graph.f2,
    "f3": scalar_graph.f3,
    "softmax_loss": softmax_loss,
    "l2_regularization": l2_regularization,
    "two_layer_net": two_layer_net,
    "training_step": training_step.training_step,
}
PAIRS = [(name, variant) for name, programs in VARIANTS.items() for variant in programs]
MISTAKES = [(name, mistake) for name, operator in OPERATORS.items() for mistake in operator.mistakes]


@cache
def cases(name: str, count: int = 60, seed: int = 0) -> tuple[Case, ...]:
    """The explicit examples and ``count`` drawn cases."""
    return (*OPERATORS[name].examples, *draw(OPERATORS[name].cases, seed, count))


def _cast(case: Case, dtype: type[np.floating]) -> Case:
    return case.with_arrays(**{n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in case.arrays.items()})


def test_every_operator_has_two_correct_programs() -> None:
    """Each operator must be tried with at least two programs of different formula or order."""
    assert set(VARIANTS) == set(OPERATORS)
    assert all(len(programs) >= 2 for programs in VARIANTS.values())


@pytest.mark.parametrize(("dtype", "u"), [(np.float32, FLOAT32), (np.float64, FLOAT64)], ids=["float32", "float64"])
@pytest.mark.parametrize(("name", "variant"), PAIRS, ids=[f"{variant.__name__}-{name}" for name, variant in PAIRS])
def test_correct_programs_need_half_of_the_allowed_error(
    name: str, variant: Variant, dtype: type[np.floating], u: float
) -> None:
    """No output of a correct program may be further off than half of what is allowed."""
    operator = OPERATORS[name]
    for case in cases(name, 150):
        expected = operator.reference(case)
        bound = operator.bound(case, expected, u)
        with np.errstate(under="ignore"):
            outputs = variant(_cast(case, dtype))

        assert expected.keys() == outputs.keys() == bound.keys()
        for output, right in expected.items():
            assert right.shape == np.shape(outputs[output]) == bound[output].shape, output
            assert outputs[output].dtype == dtype, output
            error = np.abs(np.asarray(outputs[output], dtype=np.float64) - right)
            assert (error <= K / 2 * bound[output] + TINY * u / FLOAT32).all(), (output, case)


@pytest.mark.parametrize("name", OPERATORS)
def test_bounds_are_finite_and_smaller_for_float64(name: str) -> None:
    """A bound must be finite, at least 0, and for most cases 2^28 times smaller in float64."""
    operator = OPERATORS[name]
    for case in cases(name):
        expected = operator.reference(case)
        single, double = (operator.bound(case, expected, u) for u in (FLOAT32, FLOAT64))
        for output in expected:
            assert np.isfinite(expected[output]).all()
            assert np.isfinite(single[output]).all()
            assert (single[output] >= double[output]).all()
            assert (double[output] >= 0).all()


def _differ(first: Array, second: Array, allowed: Array) -> bool:
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) <= allowed
    return not bool((near | (first == second) | (np.isnan(first) & np.isnan(second))).all())


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=[f"{name}-{mistake}" for name, mistake in MISTAKES])
def test_mistake_is_far_outside_the_allowed_error(name: str, mistake: str) -> None:
    """Every aspect that a mistake lists must be ten times as far off as what is allowed, on its best case."""
    operator = OPERATORS[name]
    listed: set[str] = set()
    seen: set[str] = set()
    for case in cases(name):
        expected = operator.reference(case)
        bound = operator.bound(case, expected, FLOAT32)
        for output, wrong in operator.mistakes[mistake](case).items():
            listed.add(aspect_of(output))
            assert wrong.shape == expected[output].shape, "a mistake predicts values, the shape gate sees shapes"
            if _differ(wrong, expected[output], 10 * K * bound[output] + TINY):
                seen.add(aspect_of(output))

    assert listed == seen


@pytest.mark.parametrize("name", OPERATORS)
def test_no_two_mistakes_predict_the_same(name: str) -> None:
    """Two mistakes must differ somewhere on some case, so that either can be named."""
    operator = OPERATORS[name]
    apart: dict[tuple[str, str], bool] = {}
    for case in cases(name):
        expected = operator.reference(case)
        bound = operator.bound(case, expected, FLOAT32)
        predicted: dict[str, Outputs] = {mistake: predict(case) for mistake, predict in operator.mistakes.items()}
        for one, other in combinations(predicted, 2):
            for output, right in expected.items():
                first, second = (predicted[mistake].get(output, right) for mistake in (one, other))
                differ = _differ(first, second, K * bound[output] + TINY)
                apart[one, other] = apart.get((one, other), False) or differ

    assert [key for key, differ in apart.items() if not differ] == []


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=[f"{name}-{mistake}" for name, mistake in MISTAKES])
def test_a_mistake_reads_like_the_end_of_a_sentence(name: str, mistake: str) -> None:
    """The name must fit behind "likely:": lower case or a number first, no full stop."""
    assert mistake[0].islower() or mistake[0].isdigit()
    assert not mistake.endswith(".")


@pytest.mark.parametrize("name", OPERATORS)
def test_cases_are_small_exact_in_float32_and_shrink_to_whole_numbers(name: str) -> None:
    """Floats must survive the way through float32; the simplest case must be readable; examples have notes."""
    for case in cases(name):
        for array in case.arrays.values():
            assert array.dtype in (np.float64, np.int64)
            assert np.array_equal(array.astype(np.float32).astype(np.float64), array)
            assert array.size <= 400
    notes = [case.note for case in OPERATORS[name].examples]

    assert all(notes)
    assert len(set(notes)) == len(notes)
    assert sum(array.size for array in simplest(OPERATORS[name].cases).arrays.values()) <= 40


@pytest.mark.parametrize("name", OPERATORS)
def test_reference_gives_fresh_float64_and_keeps_its_inputs(name: str) -> None:
    """Outputs must be float64 arrays of their own; inputs and torch's thread count stay as they were."""
    operator = OPERATORS[name]
    threads = torch.get_num_threads()
    for case in cases(name, 20):
        before = {array: case.arrays[array].copy() for array in case.arrays}
        outputs = operator.reference(case)

        assert all(np.array_equal(before[array], case.arrays[array]) for array in before)
        assert torch.get_num_threads() == threads
        for array in outputs.values():
            assert isinstance(array, np.ndarray)
            assert array.dtype == np.float64
            assert not any(np.shares_memory(array, given) for given in case.arrays.values())


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
            softmax_loss.reference(case)["x.grad"], SHARED["cross_entropy_mean"].reference(with_one)["x.grad"]
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
    operator = watching(SHARED["relu"], "dy", "x.grad")
    case = operator.examples[0]
    expected = operator.reference(case)
    (named,) = [predict for name, predict in operator.mistakes.items() if "belongs to the caller" in name]

    assert np.array_equal(expected["dy afterwards"], case.arrays["dy"])
    assert not operator.bound(case, expected, FLOAT32)["dy afterwards"].any()
    assert np.array_equal(named(case)["dy afterwards"], expected["x.grad"])
