"""Right programs for the operators of convnet's part 2 that differ from the reference in order and formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checker.operator import Array, Case, Outputs

Variant = Callable[[Case, Any], Outputs]


def _cast(case: Case, dtype: Any, *names: str) -> list[Array]:
    return [case.arrays[name].astype(dtype) for name in names]


def two_layer_rows(case: Case, dtype: Any) -> Outputs:
    """Sample by sample, the sigmoid by exp."""
    x, w1, b1, w2, b2 = _cast(case, dtype, "x", "weight1", "bias1", "weight2", "bias2")
    rows = [w2 @ (1 / (1 + np.exp(-(w1 @ row.ravel() + b1)))) + b2 for row in x]
    return {"y": np.array(rows)}


def two_layer_tanh(case: Case, dtype: Any) -> Outputs:
    """The sigmoid by tanh, and the gradients by hand."""
    x, w1, b1, w2, b2, dy = _cast(case, dtype, "x", "weight1", "bias1", "weight2", "bias2", "dy")
    flat = x.reshape(len(x), -1)
    s = (1 + np.tanh((flat @ w1.T + b1) / 2)) / 2
    dz = dy @ w2 * (s - s * s)
    return {
        "y": s @ w2.T + b2,
        "gradient[weight1]": dz.T @ flat,
        "gradient[bias1]": dz.sum(0),
        "gradient[weight2]": dy.T @ s,
        "gradient[bias2]": dy.sum(0),
    }


def _pooled(case: Case, dtype: Any) -> Array:
    x, weight, bias = _cast(case, dtype, "x", "weight", "bias")
    windows = np.lib.stride_tricks.sliding_window_view(x, (7, 7), (2, 3))
    n = len(x)
    columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * 26 * 26, -1)
    z = (columns @ weight.reshape(32, -1).T + bias).reshape(n, 13, 2, 13, 2, 32)
    return np.asarray(z.max((2, 4)).transpose(0, 3, 1, 2).reshape(n, -1))


def cnn_columns(case: Case, dtype: Any) -> Outputs:
    """A matrix product over windows, pooled before the ReLU."""
    fc_weight, fc_bias, dy = _cast(case, dtype, "fc_weight", "fc_bias", "dy")
    h = np.maximum(_pooled(case, dtype), 0)
    return {"y": h @ fc_weight.T + fc_bias, "gradient[fc_weight]": dy.T @ h, "gradient[fc_bias]": dy.sum(0)}


def cnn_backwards(case: Case, dtype: Any) -> Outputs:
    """The sum of the last layer from its end, and the gradient of the convolution's bias."""
    fc_weight, fc_bias, dy = _cast(case, dtype, "fc_weight", "fc_bias", "dy")
    z = _pooled(case, dtype)
    back = (dy @ fc_weight * (z > 0)).reshape(len(z), 32, -1)
    y = np.maximum(z, 0)[:, ::-1] @ fc_weight[:, ::-1].T + fc_bias
    return {"y": y, "gradient[bias]": back.sum((0, 2))}


def _epoch(case: Case, dtype: Any, *, divide_first: bool) -> Outputs:
    x, weight, bias = _cast(case, dtype, "x", "weight", "bias")
    labels, size, rate = case.arrays["labels"], int(case.options["batch_size"]), dtype(case.options["learning_rate"])  # type: ignore[arg-type]
    for start in range(0, len(x), size):
        batch, target = x[start : start + size], labels[start : start + size]
        z = batch @ weight.T + bias
        if divide_first:
            e = np.exp(z - z.max(1, keepdims=True))
            p = e / e.sum(1, keepdims=True)
        else:
            p = np.exp(z - np.logaddexp.reduce(z, 1)[:, None])
        p[np.arange(len(p)), target] -= 1
        if divide_first:
            p /= dtype(len(p))
            weight, bias = weight - rate * (p.T @ batch), bias - rate * p.sum(0)
        else:
            weight, bias = weight - rate * (p.T @ batch) / dtype(len(p)), bias - rate * p.mean(0)
    return {"weight": weight, "bias": bias}


def epoch_softmax(case: Case, dtype: Any) -> Outputs:
    """Shares of the batch first."""
    return _epoch(case, dtype, divide_first=True)


def epoch_logarithms(case: Case, dtype: Any) -> Outputs:
    """By the logarithm of the sum."""
    return _epoch(case, dtype, divide_first=False)


def counted(case: Case, dtype: Any) -> Outputs:
    """A loop over samples."""
    table = np.zeros((10, 10), dtype=dtype)
    for row, label in zip(case.arrays["x"], case.arrays["labels"], strict=True):
        table[label, np.argsort(row)[-1]] += 1
    with np.errstate(invalid="ignore"):
        confusion = np.nan_to_num(table / table.sum(1, keepdims=True))
    return {"accuracy": np.trace(table) / dtype(len(case.arrays["x"])), "confusion": confusion}


def averaged(case: Case, dtype: Any) -> Outputs:
    """Batch accuracies averaged with their sizes."""
    size, guessed, total = int(case.options["batch_size"]), case.arrays["x"].argmax(1), dtype(0)  # type: ignore[arg-type]
    for start in range(0, len(guessed), size):
        right = guessed[start : start + size] == case.arrays["labels"][start : start + size]
        total += dtype(right.mean()) * dtype(len(right))
    return {"accuracy": np.asarray(total / dtype(len(guessed)))}


def weights_by_power(case: Case, dtype: Any) -> Outputs:
    """As the formula says."""
    beta = dtype(case.options["beta"])
    weights = (1 - beta) / (1 - beta ** case.arrays["counts"].astype(dtype))
    return {"weights": weights / weights.sum() * dtype(len(weights))}


def weights_by_exp(case: Case, dtype: Any) -> Outputs:
    """Without the common factor, by expm1 where beta allows it."""
    beta = dtype(case.options["beta"])
    counts = case.arrays["counts"].astype(dtype)
    weights = 1 / -np.expm1(counts * np.log(beta)) if beta else np.ones_like(counts)
    return {"weights": weights * dtype(len(weights)) / weights.sum()}


def _shares(case: Case, dtype: Any) -> Array:
    labels = case.arrays["labels"]
    weight = case.arrays.get("weight", np.ones(case.arrays["x"].shape[1]))
    return np.asarray(weight[labels].astype(dtype))


def focal_softmax(case: Case, dtype: Any) -> Outputs:
    """By the logarithm of a softmax, and its gradient by hand."""
    (x,), labels, power = _cast(case, dtype, "x"), case.arrays["labels"], dtype(case.options["gamma"])
    n, c = x.shape
    shifted = x - x.max(1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    logp = logs[np.arange(n), labels]
    p, share = np.exp(logp), _shares(case, dtype) / dtype(n)
    q = 1 - p
    y = (share * -(q**power) * logp).sum()
    slope = q**power - (power * q ** (power - 1) * p * logp if power else 0)
    gradient = (share * slope)[:, None] * (np.exp(logs) - np.eye(c, dtype=dtype)[labels])
    return {"y": y, "x.grad": gradient}


def focal_cross_entropy(case: Case, dtype: Any) -> Outputs:
    """By the cross entropy of each sample."""
    (x,), labels, power = _cast(case, dtype, "x"), case.arrays["labels"], dtype(case.options["gamma"])
    loss = np.logaddexp.reduce(x, 1) - x[np.arange(len(x)), labels]
    return {"y": np.mean(_shares(case, dtype) * (1 - np.exp(-loss)) ** power * loss)}


VARIANTS: dict[str, tuple[Variant, ...]] = {
    "two_layer_sigmoid": (two_layer_rows, two_layer_tanh),
    "vanilla_cnn": (cnn_columns, cnn_backwards),
    "epoch": (epoch_softmax, epoch_logarithms),
    "validation": (counted, averaged),
    "class_weights": (weights_by_power, weights_by_exp),
    "focal_loss": (focal_softmax, focal_cross_entropy),
}
