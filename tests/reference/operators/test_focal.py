"""The operators of convnet's part 2: right programs have room, known faults show, and what is right in two forms is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch

from checker.bounds import FLOAT32, FLOAT64, TINY, K
from checker.drawing import draw
from checker.operator import Array, Case, Operator, Outputs, aspect_of
from reference.operators import class_weights, classification, focal
from reference.operators.autograd import tensor
from reference.operators.class_weights import class_weights as weights_operator
from reference.operators.classification import validation
from reference.operators.epoch import epoch
from reference.operators.focal import focal_loss
from reference.operators.own_model import own_model
from reference.operators.two_layer_sigmoid import two_layer_sigmoid
from reference.operators.vanilla_cnn import vanilla_cnn
from tests.reference.operators.variants_part2 import VARIANTS, Variant

OPERATORS: dict[str, Operator] = {
    "two_layer_sigmoid": two_layer_sigmoid,
    "vanilla_cnn": vanilla_cnn,
    "epoch": epoch,
    "validation": validation,
    "class_weights": weights_operator,
    "focal_loss": focal_loss,
}
PAIRS = [(name, variant) for name, variants in VARIANTS.items() for variant in variants]
MISTAKES = [(name, mistake) for name, operator in OPERATORS.items() for mistake in operator.mistakes]


def _cases(name: str) -> tuple[Case, ...]:
    operator = OPERATORS[name]
    # The pictures of VanillaCNN are large: its explicit examples do.
    return (*operator.examples, *(draw(operator.cases, 0, 40) if name != "vanilla_cnn" else ()))


def _bound(operator: Operator, case: Case, expected: Outputs, u: float) -> Outputs:
    return operator.bound(case, expected, u)


def _differ(first: Array, second: Array, allowed: Array) -> bool:
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) <= allowed
    return not bool((near | (first == second)).all())


@pytest.mark.parametrize(("dtype", "u"), [(np.float64, FLOAT64), (np.float32, FLOAT32)])
@pytest.mark.parametrize(("name", "variant"), PAIRS, ids=[f"{name}-{v.__name__}" for name, v in PAIRS])
def test_right_programs_stay_within_half_the_allowed_error(name: str, variant: Variant, dtype: type, u: float) -> None:
    """Another order of operations must never cost anything."""
    operator = OPERATORS[name]
    for case in _cases(name):
        expected = operator.reference(case)
        bound = _bound(operator, case, expected, u)
        for output, got in variant(case, dtype).items():
            kinks = operator.kinks(case).get(output, np.array(False))
            error = np.where(kinks, 0, np.abs(np.asarray(got, dtype=np.float64) - expected[output]))

            assert (error <= 0.5 * K * bound[output] + TINY).all(), (case.note, output, error)


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=[f"{name}-{mistake}" for name, mistake in MISTAKES])
def test_mistakes_are_far_outside_the_allowed_error(name: str, mistake: str) -> None:
    """On its best case, a mistake must be ten times as far off as what is allowed."""
    operator = OPERATORS[name]
    seen: set[str] = set()
    listed: set[str] = set()
    for case in _cases(name):
        expected = operator.reference(case)
        if "in the sigmoid form" in mistake:
            expected = focal._loss(case, focal.Form(True, False))
        bound = _bound(operator, case, expected, FLOAT32)
        for output, wrong in operator.mistakes[mistake](case).items():
            assert wrong.shape == expected[output].shape
            listed.add(aspect_of(output))
            if _differ(wrong, expected[output], 10 * K * bound[output] + TINY):
                seen.add(aspect_of(output))

    assert listed == seen
    assert mistake[0].islower()
    assert not mistake.endswith(".")


@pytest.mark.parametrize("name", OPERATORS)
def test_no_two_mistakes_predict_the_same(name: str) -> None:
    """Two mistakes that change the same aspect must differ there on some case, so that either can be named."""
    operator = OPERATORS[name]
    apart: dict[tuple[str, str, str], bool] = {}
    for case in _cases(name):
        bound = _bound(operator, case, operator.reference(case), FLOAT32)
        predicted = {mistake: predict(case) for mistake, predict in operator.mistakes.items()}
        for one, other in combinations(predicted, 2):
            for output in predicted[one].keys() & predicted[other].keys():
                key = (one, other, aspect_of(output))
                differ = _differ(predicted[one][output], predicted[other][output], K * bound[output] + TINY)
                apart[key] = apart.get(key, False) or differ

    assert [key for key, differ in apart.items() if not differ] == []


@pytest.mark.parametrize("form", focal.FORMS, ids=str)
def test_every_form_of_the_focal_loss_is_found_out(form: focal.Form) -> None:
    """Value and gradients are compared with the form that was written; a sigmoid is not taken for a softmax."""
    for case in _cases("focal_loss"):
        answer = focal._loss(case, form)
        expected, allowed = focal.derive(case, answer)

        assert (np.abs(answer["x.grad"] - expected["x.grad"]) <= allowed["x.grad"]).all()


def test_focal_loss_is_torchs_cross_entropy() -> None:
    """Without gamma and weights, and with weights over their sum."""
    for case in _cases("focal_loss"):
        if case.options["gamma"] == 0:
            x, labels = tensor(case.arrays["x"]), tensor(case.arrays["labels"])
            weight = tensor(case.arrays["weight"]) if "weight" in case.arrays else None
            wanted = torch.nn.functional.cross_entropy(x, labels, weight).numpy()

            assert np.allclose(focal._loss(case, focal.Form(False, True))["y"], wanted, rtol=1e-12)


def test_gradients_of_the_focal_loss() -> None:
    """Central differences must agree where the loss is smooth and of moderate size."""
    for form in focal.FORMS:
        for case in focal.EXAMPLES[:5]:
            gradient, step = focal._loss(case, form)["x.grad"], 1e-6
            for index in np.ndindex(gradient.shape):
                ends = []
                for sign in (1, -1):
                    x = case.arrays["x"].copy()
                    x[index] += sign * step
                    ends.append(focal._loss(case.with_arrays(x=x), form)["y"])

                assert abs((ends[0] - ends[1]) / (2 * step) - gradient[index]) < 1e-7


def test_class_weights_of_the_homework() -> None:
    """The numbers that the homework gives."""
    weights = class_weights.reference(class_weights.EXAMPLES[0])["weights"]

    assert np.round(weights, 4).tolist() == [0.4043, 0.6652, 1.1011, 1.8294]
    assert (class_weights.reference(class_weights.EXAMPLES[2])["weights"] == 1).all()


def test_absent_classes_are_left_open() -> None:
    """The row of a class that does not occur is no one's mistake."""
    case = Case({"x": np.eye(10)[[0, 1]], "labels": np.array([0, 2])}, {"batch_size": 2})

    assert classification.kinks(case)["confusion"].all(1).tolist() == [False, True, False] + [True] * 7
    assert classification.reference(case)["accuracy"] == 0.5


def test_my_models_pictures_are_one_of_each_class() -> None:
    """Ten small pictures, whose classes do not stand in their order."""
    (case, *others) = draw(own_model.cases, 0, 5)

    assert {other.key for other in others} <= {case.key}
    assert case.arrays["x"].shape == (10, 3, 32, 32)
    assert sorted(case.arrays["labels"]) == list(range(10)) != case.arrays["labels"].tolist()
