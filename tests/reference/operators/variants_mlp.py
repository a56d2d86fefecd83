"""Correct NumPy programs for the operators of multi-layer perceptrons, in the dtype of their arrays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checker.operator import Array, Case, Outputs
from tests.reference.operators.variants import Variant


def _arrays(case: Case, *names: str) -> tuple[Array, ...]:
    return tuple(case.arrays[name] for name in names)


def _slope(case: Case) -> float:
    slope = case.options["neg_slope"]
    assert isinstance(slope, float)
    return slope


def leaky_factor(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    factor = np.where(x > 0, 1, _slope(case)).astype(x.dtype)
    return {"y": factor * x, "x.grad": factor * dy}


def leaky_parts(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    y = np.maximum(x, 0) + _slope(case) * np.minimum(x, 0)
    return {"y": y, "x.grad": dy * (x > 0) + _slope(case) * dy * (x <= 0)}


def softmax_shifted(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    e = np.exp(x - x.max(1, keepdims=True))
    y = e / e.sum(1, keepdims=True)
    return {"y": y, "x.grad": y * (dy - (y * dy).sum(1, keepdims=True))}


def softmax_logarithm(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    top = x.max(1, keepdims=True)
    y = np.exp(x - (top + np.log(np.exp(x - top).sum(1, keepdims=True))))
    jacobian = y[:, :, None] * np.eye(y.shape[1], dtype=y.dtype) - y[:, :, None] * y[:, None, :]
    return {"y": y, "x.grad": np.einsum("nc,ncd->nd", dy, jacobian)}


def _loss(epsilon: float) -> Variant:
    def variant(case: Case) -> Outputs:
        x, t = _arrays(case, "x", "t")
        y = -(t * np.log(x + x.dtype.type(epsilon))).sum() / x.dtype.type(len(x))
        return {"y": y, "x.grad": -t / (x + x.dtype.type(epsilon)) / len(x)}

    variant.__name__ = f"loss_{epsilon:g}"
    return variant


def loss_clipped(case: Case) -> Outputs:
    x, t = _arrays(case, "x", "t")
    p = np.clip(x, 1e-5, 1 - 1e-5).astype(x.dtype)
    return {"y": -np.log((p * t).sum(1)).mean(), "x.grad": -(t / p) / len(x)}


def accuracy_mean(case: Case) -> Outputs:
    x, t = _arrays(case, "x", "t")
    return {"y": (x.argmax(1) == t.argmax(1)).mean(dtype=x.dtype)}


def accuracy_picked(case: Case) -> Outputs:
    x, t = _arrays(case, "x", "t")
    return {"y": t[np.arange(len(t)), x.argmax(1)].sum() / x.dtype.type(len(t))}


def sigmoid_by_sign(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    e = np.exp(-np.abs(x))
    y = np.where(x > 0, 1 / (1 + e), e / (1 + e))
    return {"y": y, "x.grad": dy * y * (1 - y)}


def sigmoid_tanh(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    half = x.dtype.type(0.5)
    y = half * (1 + np.tanh(half * x))
    return {"y": y, "x.grad": dy * (y - y * y)}


def squares_mean(case: Case) -> Outputs:
    x, t, dy = _arrays(case, "x", "t", "dy")
    return {"y": ((x - t) ** 2).mean(), "x.grad": dy * 2 * (x - t) / x.dtype.type(x.size)}


def squares_one_by_one(case: Case) -> Outputs:
    x, t, dy = _arrays(case, "x", "t", "dy")
    total = x.dtype.type(0)
    for value in (t - x).ravel()[::-1]:
        total += value * value
    share = dy / x.dtype.type(x.size)
    return {"y": total / x.dtype.type(x.size), "x.grad": share * (x - t) + share * (x - t)}


Product = Callable[[Array, Array], Array]


def _by_terms(a: Array, b: Array) -> Array:
    out = np.zeros((a.shape[0], b.shape[1]), a.dtype)
    for k in reversed(range(a.shape[1])):
        out = out + a[:, k : k + 1] * b[k]
    return out


def _network(product: Product, softmax: Variant) -> Variant:
    def variant(case: Case) -> Outputs:
        x, dy = _arrays(case, "x", "dy")
        slope = x.dtype.type(_slope(case))
        depth = sum(name.startswith("weight") for name in case.arrays)
        inputs, factors = [x], []
        for k in range(depth):
            weight, bias = _arrays(case, f"weight{k}", f"bias{k}")
            z = product(inputs[-1], weight) + bias
            factors.append(np.where(z > 0, x.dtype.type(1), slope))
            inputs.append(factors[-1] * z)
        end = softmax(Case({"x": z, "dy": dy}))
        made: Outputs = {"n_hidden": x.dtype.type(1), "y": end["y"]}
        back = end["x.grad"]
        for k in reversed(range(depth)):
            made[f"weight.grad[{k}]"] = product(inputs[k].T, back)
            made[f"bias.grad[{k}]"] = back.sum(0)
            if k:
                back = product(back, case.arrays[f"weight{k}"].T) * factors[k - 1]
        return made

    variant.__name__ = f"network{product.__name__}"
    return variant


VARIANTS: dict[str, tuple[Variant, ...]] = {
    "leaky_relu": (leaky_factor, leaky_parts),
    "softmax": (softmax_shifted, softmax_logarithm),
    "probability_loss": (_loss(0.0), _loss(1e-8), _loss(1e-5), loss_clipped),
    "accuracy": (accuracy_mean, accuracy_picked),
    "sigmoid": (sigmoid_by_sign, sigmoid_tanh),
    "squared_loss": (squares_mean, squares_one_by_one),
    "perceptron": (_network(np.matmul, softmax_shifted), _network(_by_terms, softmax_logarithm)),
}
