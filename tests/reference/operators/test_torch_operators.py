"""The operators of torch modules: right references, room for every right program, and mistakes that show."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import nn

from checker.bounds import FLOAT32, TINY, K
from checker.drawing import draw
from checker.operator import Array, Case, Operator, Outputs, aspect_of
from reference.operators.autograd import tensor
from reference.operators.batch_normalisation import (
    batch_normalisation,
    batch_normalisation_calling,
    batch_normalisation_function,
    forward,
    values,
)
from reference.operators.convolutional_network import PARAMETERS, POOLED, WIDTHS, _weight, convolutional_network
from reference.operators.perceptron_logits import FORMS, perceptron_logits

OPERATORS: dict[str, Operator] = {
    "perceptron_logits": perceptron_logits,
    "batch_normalisation": batch_normalisation,
    "batch_normalisation_calling": batch_normalisation_calling,
    "batch_normalisation_function": batch_normalisation_function,
    "convolutional_network": convolutional_network,
}


@cache
def cases(name: str) -> tuple[Case, ...]:
    """Examples and drawn cases; of networks, the few there are."""
    operator = OPERATORS[name]
    return (*operator.examples, *draw(operator.cases, 0, 2 if name == "convolutional_network" else 40))


@cache
def _right(name: str) -> list[tuple[Case, Outputs, Outputs]]:
    found = []
    for case in cases(name):
        expected = OPERATORS[name].reference(case)
        found.append((case, expected, OPERATORS[name].bound(case, expected, FLOAT32)))
    return found


def _differ(first: Array, second: Array, allowed: Array) -> bool:
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) <= allowed
    return not bool((near | (first == second) | (np.isnan(first) & np.isnan(second))).all())


@pytest.mark.parametrize("name", OPERATORS)
def test_references_give_float64_and_bounds_for_each_output(name: str) -> None:
    """Fresh arrays, and errors of the same shape."""
    for case, expected, bound in _right(name):
        assert expected.keys() == bound.keys()
        for output, array in expected.items():
            assert array.dtype == np.float64
            assert bound[output].shape == array.shape, output
            assert not any(np.shares_memory(array, given) for given in case.arrays.values())


@pytest.mark.parametrize("name", OPERATORS)
def test_mistakes_show_and_are_told_from_each_other(name: str) -> None:
    """Each is seen at ten times what is allowed, and no two predict the same for an output."""
    seen: set[str] = set()
    met: dict[tuple[str, str, str], bool] = {}
    for case, expected, bound in _right(name):
        predicted = {mistake: predict(case) for mistake, predict in OPERATORS[name].mistakes.items()}
        for mistake, outputs in predicted.items():
            for output in outputs:
                if _differ(outputs[output], expected[output], 10 * K * bound[output] + TINY):
                    seen.add(mistake)
        for one, other in combinations(predicted, 2):
            for output in predicted[one].keys() & predicted[other].keys():
                apart = _differ(predicted[one][output], predicted[other][output], K * bound[output] + TINY)
                key = one, other, aspect_of(output)
                met[key] = met.get(key, False) or apart

    assert set(OPERATORS[name].mistakes) - seen == set()
    assert [key for key, apart in met.items() if not apart] == []


def test_batch_normalisation_is_that_of_torch_and_has_its_gradient() -> None:
    """From two samples on; and finite differences agree."""
    plain = [case for case in cases("batch_normalisation") if not case.group]
    for case in plain:
        x, gamma, beta = (tensor(case.arrays[name]) for name in ("x", "gamma", "beta"))
        eps = float(case.options["eps"])  # type: ignore[arg-type]
        torchs = nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
        bound = batch_normalisation.bound(case, batch_normalisation.reference(case), FLOAT32)

        assert (np.abs(torchs.numpy() - values(case)["y"]) <= bound["y"]).all()
    for case in (case for case in cases("batch_normalisation") if case.protocol["gradcheck"]):
        inputs = [tensor(case.arrays[name]).requires_grad_() for name in ("x", "gamma", "beta")]

        assert torch.autograd.gradcheck(
            lambda x, gamma, beta, eps=case.options["eps"]: forward(x, gamma, beta, eps), inputs
        )


def _by_hand(case: Case, kind: torch.dtype) -> Outputs:
    """Gradients written out; the variance as a mean of squares less the square of the mean in float64."""
    x, gamma, beta, dy = (tensor(case.arrays[name]).to(kind) for name in ("x", "gamma", "beta", "dy"))
    inverse = 1 / torch.sqrt(((x - x.mean(0)) ** 2).mean(0) + float(case.options["eps"]))  # type: ignore[arg-type]
    normal = (x - x.mean(0)) * inverse
    inner = dy - dy.mean(0) - normal * (dy * normal).mean(0)
    found = {
        "y": gamma * normal + beta,
        "x.grad": gamma * inverse * inner,
        "gamma.grad": (dy * normal).sum(0),
        "beta.grad": dy.sum(0),
    }
    return {name: value.double().numpy() for name, value in found.items()}


def _by_torch(case: Case, kind: torch.dtype) -> Outputs:
    inputs = {name: tensor(case.arrays[name]).to(kind).requires_grad_() for name in ("x", "gamma", "beta")}
    y = forward(**inputs, eps=float(case.options["eps"]))  # type: ignore[arg-type]
    found = torch.autograd.grad(y, list(inputs.values()), tensor(case.arrays["dy"]).to(kind))
    made = {f"{name}.grad": value.double().numpy() for name, value in zip(inputs, found, strict=True)}
    return {"y": y.detach().double().numpy(), **made}


@pytest.mark.parametrize("variant", [_by_hand, _by_torch])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_right_batch_normalisation_has_room(variant, kind) -> None:  # type: ignore[no-untyped-def]
    """Half of what is allowed is enough."""
    for case, _, bound in _right("batch_normalisation"):
        expected = values(case)
        for name, got in variant(case, kind).items():
            if name in bound:
                assert (np.abs(got - expected[name]) <= K / 2 * bound[name] + TINY).all(), (name, case.note)


def _perceptron(case: Case, kind: torch.dtype, form: str) -> Outputs:
    depth = sum(name.startswith("weight") for name in case.arrays)
    weights = [tensor(case.arrays[f"weight{k}"]).to(kind).requires_grad_() for k in range(depth)]
    biases = [tensor(case.arrays[f"bias{k}"]).to(kind).requires_grad_() for k in range(depth)]
    h = tensor(case.arrays["x"]).to(kind)
    for k in range(depth):
        h = torch.addmm(biases[k], h, weights[k])
        if k < depth - 1:
            h = nn.functional.leaky_relu(h, float(case.options["neg_slope"]))  # type: ignore[arg-type]
    y = {"logits": h, "probabilities": h.softmax(1), "log-probabilities": h.log_softmax(1)}[form]
    found = torch.autograd.grad(y, [*weights, *biases], tensor(case.arrays["dy"]).to(kind))
    made = {"y": y.detach().double().numpy()}
    made |= {f"weight.grad[{k}]": found[k].double().numpy() for k in range(depth)}
    return made | {f"bias.grad[{k}]": found[depth + k].double().numpy() for k in range(depth)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_right_perceptrons_of_every_form_have_room(form: str, kind: torch.dtype) -> None:
    """Logits, probabilities and log-probabilities, each with its gradients; only logits are logits."""
    derive = perceptron_logits.derive
    assert derive is not None
    for case, expected, bound in _right("perceptron_logits"):
        got = _perceptron(case, kind, form)
        other, allowed = derive(case, got)
        wanted = {**expected, **other}
        room = {**{name: K * array + TINY for name, array in bound.items()}, **allowed}

        assert bool(other) == (form != "logits")
        for name, array in got.items():
            assert (np.abs(array - wanted[name]) <= room[name] / 2 + TINY).all(), name


def _vgg(case: Case) -> nn.Module:
    """The network as modules, filled with a case's parameters."""
    channels, start = int(case.options["channels"]), 0  # type: ignore[arg-type]
    layers: list[nn.Module] = []
    for k, width in enumerate(WIDTHS):
        convolution, norm = nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width)
        rows = slice(start, start + width)
        weight = _weight(case.arrays["index"][rows], case.arrays["value"][rows], channels, 9)
        parts = [convolution.bias, norm.weight, norm.bias, norm.running_mean, norm.running_var]
        with torch.no_grad():
            convolution.weight.copy_(weight.reshape(convolution.weight.shape))
            for part, array in zip(parts, case.arrays["affine"][:, rows], strict=True):
                assert part is not None
                part.copy_(tensor(array))
        layers += [convolution, norm, nn.ReLU(), *([nn.MaxPool2d(3, 2, 1)] if k in POOLED else [])]
        channels, start = width, start + width
    linear = nn.Linear(channels, int(case.options["classes"]))  # type: ignore[arg-type]
    with torch.no_grad():
        linear.weight.copy_(_weight(case.arrays["last_index"], case.arrays["last_value"], channels))
        linear.bias.copy_(tensor(case.arrays["last_bias"]))
    return nn.Sequential(*layers, nn.Flatten(), linear)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_a_network_of_modules_is_right_and_has_room(kind: torch.dtype) -> None:
    """The reference is what nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d and nn.Linear make."""
    for case, expected, bound in _right("convolutional_network"):
        network = _vgg(case).to(kind).eval()
        with torch.no_grad():
            got = network(tensor(case.arrays["x"]).to(kind)).double().numpy()

        assert (np.abs(got - expected["y"]) <= K / 2 * bound["y"]).all()
        if not case.group:
            assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS
