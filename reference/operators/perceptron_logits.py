"""The multi-layer perceptron of ``perceptron.py`` as a torch module that returns logits.

Conventions: as there, but y (N, C) are logits and dy is their upstream gradient. ``parameters`` counts the numbers that
the module has registered. Probabilities and log-probabilities are accepted as y, with gradients to match.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch

from checker.bounds import FLOAT32, TINY, K, gamma
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators import perceptron
from reference.operators.logits import log_probabilities, probabilities, recognised
from reference.operators.perceptron import Layers, leaky, logits, reference_of

Network = Callable[[torch.Tensor, Layers, float], torch.Tensor]


def _log_softmax(x: torch.Tensor, layers: Layers, slope: float) -> torch.Tensor:
    return torch.log_softmax(logits(x, layers, slope), 1)


FORMS: dict[str, Reference] = {
    "logits": reference_of(logits),
    "probabilities": perceptron.reference,
    "log-probabilities": reference_of(_log_softmax),
}


def _depth(case: Case) -> int:
    return sum(name.startswith("weight") for name in case.arrays)


def _count(case: Case) -> Array:
    return np.asarray(float(sum(a.size for name, a in case.arrays.items() if name.startswith(("weight", "bias")))))


def reference(case: Case) -> Outputs:
    """Logits and gradients; ``logits`` is y once more, which is compared with logits alone."""
    made = FORMS["logits"](case)
    return {"parameters": _count(case), "logits": made["y"], **made}


def _steps(case: Case, u: float) -> tuple[list[tuple[Array, Array]], list[Array], Array, Array]:
    """Input of each layer with its error, slope of each activation, logits and their error."""
    slope = case.options["neg_slope"]
    assert isinstance(slope, float)
    h, error = case.arrays["x"], np.zeros_like(case.arrays["x"])
    inputs, factors = [], []
    for k in range(_depth(case)):
        weight, bias = case.arrays[f"weight{k}"], case.arrays[f"bias{k}"]
        inputs.append((h, error))
        z = h @ weight + bias
        e = gamma(len(weight) + 1, u) * (np.abs(h) @ np.abs(weight) + np.abs(bias)) + error @ np.abs(weight)
        factors.append(np.where(z > 0, 1.0, slope))
        h, error = factors[-1] * z, max(1.0, slope) * e + 3 * u * np.abs(factors[-1] * z)
    return inputs, factors, z, e


def _gradients(case: Case, u: float, dz: Array, d_error: Array) -> Outputs:
    """Errors of the gradients, from the gradient of the logits and its error."""
    inputs, factors, _, _ = _steps(case, u)
    made = {}
    for k in reversed(range(_depth(case))):
        h, error = inputs[k]
        n, o = dz.shape
        made[f"weight.grad[{k}]"] = (gamma(n, u) * np.abs(h) + error).T @ np.abs(dz) + np.abs(h).T @ d_error
        made[f"weight.grad[{k}]"] = made[f"weight.grad[{k}]"] + error.T @ d_error
        made[f"bias.grad[{k}]"] = gamma(n, u) * np.abs(dz).sum(0) + d_error.sum(0)
        if k:
            weight = case.arrays[f"weight{k}"]
            d_error = factors[k - 1] * ((gamma(o + 3, u) * np.abs(dz) + d_error) @ np.abs(weight).T)
            dz = factors[k - 1] * (dz @ weight.T)
    return made


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The error is carried along; the gradient of logits is given exactly."""
    _, _, _, error = _steps(case, u)
    dy = case.arrays["dy"]
    exact = {name: np.zeros(()) for name in ("parameters", "n_hidden")}
    return {**exact, "y": error, "logits": error, **_gradients(case, u, dy, np.zeros_like(dy))}


def derive(case: Case, got: Mapping[str, Array]) -> tuple[Outputs, Outputs]:
    """Expected values of another form, when y is right in that."""
    _, _, z, error = _steps(case, FLOAT32)
    form = recognised(z, error, got.get("y"))
    if form == "logits":
        return {}, {}
    expected = {name: array for name, array in FORMS[form](case).items() if name != "n_hidden"}
    if form == "probabilities":
        bounds = perceptron.bound(case, perceptron.reference(case), FLOAT32)
    else:
        p, p_error = probabilities(z, error, FLOAT32)
        dy = case.arrays["dy"]
        total, size = dy.sum(1, keepdims=True), np.abs(dy).sum(1, keepdims=True)
        d_error = p_error * np.abs(total) + gamma(dy.shape[1] + 4, FLOAT32) * (np.abs(dy) + p * size)
        bounds = _gradients(case, FLOAT32, dy - p * total, d_error)
        bounds["y"] = log_probabilities(z, error, FLOAT32)[1]
    return expected, {name: np.asarray(K * bounds[name] + TINY) for name in expected}


def _network(network: Network) -> Reference:
    wrong = reference_of(network)

    def mistake(case: Case) -> Outputs:
        return {name: array for name, array in wrong(case).items() if name != "n_hidden"}

    return mistake


def _fixed(slope: float) -> Reference:
    return _network(lambda x, layers, _: logits(x, layers, slope))


def _note(form: str) -> Reference:
    return lambda case: {"logits": FORMS[form](case)["y"]}


MISTAKES: dict[str, Reference] = {
    "the list of hidden sizes is changed, which belongs to the caller: copy it first": lambda case: {
        "n_hidden": np.asarray(0.0)
    },
    "no layer is registered: keep them in nn.ModuleList, nn.Sequential or attributes, not in a list": lambda case: {
        "parameters": np.asarray(0.0)
    },
    "the slope is 0.01 whatever was asked for": _fixed(0.01),
    "the slope is 0.02 whatever was asked for": _fixed(0.02),
    "the slope is ignored: the activation is a plain ReLU": _fixed(0.0),
    "the activations are missing": _network(lambda x, layers, a: logits(x, layers, a, lambda z, _: z)),
    "the activation is applied to the logits, too": _network(lambda x, layers, a: leaky(logits(x, layers, a), a)),
    "probabilities are returned: the cross-entropy loss of torch expects logits": _note("probabilities"),
    "log-probabilities are returned: the cross-entropy loss of torch expects logits": _note("log-probabilities"),
}

perceptron_logits = Operator(
    "MLP module",
    perceptron.perceptron_cases(),
    reference,
    bound,
    examples=perceptron.EXAMPLES,
    mistakes=MISTAKES,
    derive=derive,
)
