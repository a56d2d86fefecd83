"""The operators of multi-layer perceptrons: right gradients, room for every right program, and faults that show."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np
import pytest
import torch

from checker.bounds import FLOAT32, FLOAT64, TINY, K
from checker.drawing import draw, simplest
from checker.operator import Array, Case, Operator, Outputs, aspect_of
from reference.operators import leaky_relu, perceptron, probability_loss, softmax, squared_loss
from reference.operators.accuracy import accuracy
from reference.operators.autograd import tensor
from reference.operators.initialisation import normal_weights
from reference.operators.sigmoid import sigmoid
from tests.reference.operators.variants import Variant
from tests.reference.operators.variants_mlp import VARIANTS

OPERATORS: dict[str, Operator] = {
    "leaky_relu": leaky_relu.leaky_relu,
    "softmax": softmax.softmax,
    "probability_loss": probability_loss.probability_loss,
    "accuracy": accuracy,
    "sigmoid": sigmoid,
    "squared_loss": squared_loss.squared_loss,
    "perceptron": perceptron.perceptron,
}
INITIAL = normal_weights(1e-4)
ALL = {**OPERATORS, "initial": INITIAL}
PAIRS = [(name, variant) for name, variants in VARIANTS.items() for variant in variants]
MISTAKES = [(name, mistake) for name, operator in ALL.items() for mistake in operator.mistakes]
UPSTREAM = [name for name, operator in OPERATORS.items() if operator.upstream]
PROMISED = {
    "leaky_relu": ["a slope above one", "slope zero", "zero upstream gradient"],
    "softmax": ["a single sample", "a single class", "rows offset by +1000 and -1000", "zero upstream gradient"],
    "probability_loss": ["a single sample", "two classes"],
    "perceptron": ["no hidden layer", "one hidden layer", "two hidden layers", "the network has been used before"],
}


@cache
def cases(name: str, count: int = 60) -> tuple[Case, ...]:
    """The explicit examples and ``count`` drawn cases."""
    return (*ALL[name].examples, *draw(ALL[name].cases, 0, count))


def _cast(case: Case, dtype: type[np.floating]) -> Case:
    return case.with_arrays(**{name: array.astype(dtype) for name, array in case.arrays.items()})


def _differ(first: Array, second: Array, allowed: Array) -> bool:
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) <= allowed
    return not bool((near | (first == second) | (np.isnan(first) & np.isnan(second))).all())


@pytest.mark.parametrize(("dtype", "u"), [(np.float32, FLOAT32), (np.float64, FLOAT64)], ids=["float32", "float64"])
@pytest.mark.parametrize(("name", "variant"), PAIRS, ids=[f"{name}-{variant.__name__}" for name, variant in PAIRS])
def test_correct_programs_need_half_of_the_allowed_error(
    name: str, variant: Variant, dtype: type[np.floating], u: float
) -> None:
    """No output of a correct program may be further off than half of what is allowed, epsilon in the loss included."""
    for case in cases(name, 120):
        expected = OPERATORS[name].reference(case)
        bound = OPERATORS[name].bound(case, expected, u)
        with np.errstate(under="ignore"):
            outputs = variant(_cast(case, dtype))

        assert expected.keys() == outputs.keys() == bound.keys()
        for output, right in expected.items():
            assert right.shape == np.shape(outputs[output]) == np.shape(bound[output]), output
            assert outputs[output].dtype == dtype, output
            error = np.abs(np.asarray(outputs[output], dtype=np.float64) - right)
            assert (error <= K / 2 * bound[output] + TINY * u / FLOAT32).all(), (output, case.note, case.options)


def test_every_operator_has_two_correct_programs() -> None:
    """Each operator is tried with at least two programs of different formula or order."""
    assert VARIANTS.keys() == OPERATORS.keys()
    assert all(len(variants) >= 2 for variants in VARIANTS.values())


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


@pytest.mark.parametrize("name", ALL)
def test_reference_and_bound_are_pure_and_finite(name: str) -> None:
    """Float64 outputs of their own, the same twice; finite bounds of their shapes; inputs stay as they were."""
    for case in cases(name, 20):
        first, second = ALL[name].reference(case), ALL[name].reference(case)
        bound = ALL[name].bound(case, first, FLOAT32)

        assert Case(case.arrays, case.options, case.protocol).key == case.key
        assert first.keys() == bound.keys()
        for output, array in first.items():
            assert array.dtype == np.float64
            assert np.array_equal(array, second[output])
            assert np.shape(bound[output]) == array.shape
            assert np.isfinite(bound[output]).all()
            assert (np.asarray(bound[output]) >= 0).all()
            assert not any(np.shares_memory(array, given) for given in case.arrays.values())


@pytest.mark.parametrize("name", UPSTREAM)
def test_zero_upstream_gives_zero_gradients(name: str) -> None:
    """Where the upstream gradient is zero, every gradient is exactly zero; elsewhere its entries differ."""
    for case in cases(name, 20):
        zero = case.with_arrays(dy=np.zeros_like(case.arrays["dy"]))
        gradients = [array for output, array in OPERATORS[name].reference(zero).items() if ".grad" in output]

        assert gradients
        assert not any(array.any() for array in gradients)
        if case.note != "zero upstream gradient" and case.arrays["dy"].size > 1:
            assert np.unique(case.arrays["dy"]).size > 1


@pytest.mark.parametrize("name", OPERATORS)
def test_cases_are_small_exact_in_float32_and_hold_what_is_promised(name: str) -> None:
    """Arrays survive the way through float32; examples have notes of their own; shrinking ends at a trivial case."""
    notes = [case.note for case in OPERATORS[name].examples]
    least = simplest(OPERATORS[name].cases)

    assert set(PROMISED.get(name, ())) <= set(notes)
    assert all(notes)
    assert len(set(notes)) == len(notes)
    assert sum(array.size for array in least.arrays.values()) <= 12
    assert not any(least.protocol.values())
    for case in cases(name, 120):
        for array in case.arrays.values():
            assert array.dtype == np.float64
            assert array.size <= 400
            assert np.array_equal(array.astype(np.float32).astype(np.float64), array)


def test_probabilities_are_away_from_zero_and_sum_to_one() -> None:
    """An epsilon beside a probability may be told from none only by less than what is allowed."""
    for case in cases("probability_loss", 120):
        x, t = case.arrays["x"], case.arrays["t"]

        assert (x.sum(1) == 1).all()
        assert x.min() >= 1 / 32
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


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=[f"{name}-{mistake}" for name, mistake in MISTAKES])
def test_mistake_is_far_outside_the_allowed_error(name: str, mistake: str) -> None:
    """On its best case, each output that a mistake lists is ten times as far off as allowed; its name is a phrase."""
    seen: dict[str, bool] = {}
    # The bound of initial weights is one of probability; ten times it would be more than the whole range of a share.
    times = 1 if name == "initial" else 10
    for case in cases(name):
        expected = ALL[name].reference(case)
        bound = ALL[name].bound(case, expected, FLOAT32)
        for output, wrong in ALL[name].mistakes[mistake](case).items():
            assert np.shape(wrong) == expected[output].shape
            aspect = aspect_of(output)
            far = _differ(wrong, expected[output], times * K * bound[output] + TINY)
            seen[aspect] = seen.get(aspect, False) or far

    assert seen
    assert all(seen.values())
    assert mistake[0].islower()
    assert not mistake.endswith(".")


@pytest.mark.parametrize("name", ALL)
def test_no_two_mistakes_predict_the_same(name: str) -> None:
    """Two mistakes that change the same aspect differ there on some case, so that either can be named."""
    apart: dict[tuple[str, str, str], bool] = {}
    for case in cases(name):
        expected = ALL[name].reference(case)
        bound = ALL[name].bound(case, expected, FLOAT32)
        predicted: dict[str, Outputs] = {mistake: predict(case) for mistake, predict in ALL[name].mistakes.items()}
        for one, other in combinations(predicted, 2):
            for output in predicted[one].keys() & predicted[other].keys():
                key = (one, other, aspect_of(output))
                differ = _differ(predicted[one][output], predicted[other][output], K * bound[output] + TINY)
                apart[key] = apart.get(key, False) or differ

    assert [key for key, differ in apart.items() if not differ] == []


def test_right_initial_weights_are_accepted_and_wrong_ones_are_not() -> None:
    """Draws of NumPy from the distribution asked for stay within the bound; a spread ten per cent off may not."""
    rng = np.random.default_rng(0)
    for case in cases("initial"):
        expected = INITIAL.reference(case)
        allowed = K * INITIAL.bound(case, expected, FLOAT32)["weight"]
        size = int(case.options["inputs"]) * int(case.options["outputs"])  # type: ignore[arg-type]

        def shares(weights: Array, case: Case = case) -> Array:
            return np.asarray((weights[:, None] <= case.arrays["thresholds"]).mean(0))

        for _ in range(10):
            assert (np.abs(shares(rng.normal(0, 1e-4, size)) - expected["weight"]) <= allowed).all()
        for wrong in (rng.normal(0, 1.5e-4, size), rng.normal(5e-5, 1e-4, size), rng.uniform(-1e-4, 1e-4, size)):
            assert (np.abs(shares(wrong) - expected["weight"]) > allowed).any()
