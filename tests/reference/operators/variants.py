"""Correct NumPy programs for every operator: same results, other formulas and other orders of summation.

Each gets a case and computes in the dtype of its arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checker.operator import Array, Case, Outputs

Variant = Callable[[Case], Outputs]


def _arrays(case: Case, *names: str) -> tuple[Array, ...]:
    return tuple(case.arrays[name] for name in names)


def linear_blas(case: Case) -> Outputs:
    x, w, b, dy = _arrays(case, "x", "weight", "bias", "dy")
    return {"y": x @ w + b, "x.grad": dy @ w.T, "weight.grad": x.T @ dy, "bias.grad": dy.sum(0)}


def linear_term_by_term(case: Case) -> Outputs:
    x, w, b, dy = _arrays(case, "x", "weight", "bias", "dy")
    y = np.zeros_like(dy) + b
    for i in reversed(range(x.shape[1])):
        y = y + x[:, i : i + 1] * w[i]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for o in range(w.shape[1]):
        dx += dy[:, o : o + 1] * w[:, o]
    for n in range(len(x)):
        dw += np.outer(x[n], dy[n])
        db += dy[n]
    return {"y": y, "x.grad": dx, "weight.grad": dw, "bias.grad": db}


def relu_maximum(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    return {"y": np.maximum(x, 0), "x.grad": np.where(x > 0, dy, 0)}


def relu_mask(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    return {"y": x * (x > 0), "x.grad": dy * (x > 0)}


def _batchnorm(
    case: Case,
    variance: Callable[[Array, Array], Array],
    gradient: Callable[[Array, Array, Array, Array, Array], Array],
) -> Outputs:
    eps, m = case.options["eps"], case.options["momentum"]
    gamma, beta, r_mean, r_var = _arrays(case, "gamma", "beta", "r_mean", "r_var")
    made: Outputs = {}
    i = 0
    while f"x{i}" in case.arrays:
        x = case.arrays[f"x{i}"]
        if f"dy{i}" in case.arrays:
            dy = case.arrays[f"dy{i}"]
            mu = x.mean(0)
            var = variance(x, mu)
            std = np.sqrt(var + eps)
            normal = (x - mu) / std
            made[f"train[{i}]"] = gamma * normal + beta
            r_mean, r_var = m * r_mean + (1 - m) * mu, m * r_var + (1 - m) * var
            made[f"r_mean[{i}]"], made[f"r_var[{i}]"] = r_mean, r_var
            made[f"x.grad[{i}]"] = gradient(x, mu, std, gamma, dy)
            made[f"gamma.grad[{i}]"], made[f"beta.grad[{i}]"] = (dy * normal).sum(0), dy.sum(0)
        else:
            made[f"eval[{i}]"] = gamma * (x - r_mean) / np.sqrt(r_var + eps) + beta
        i += 1
    return made


def _compact(x: Array, mu: Array, std: Array, gamma: Array, dy: Array) -> Array:
    normal = (x - mu) / std
    return gamma / std * (dy - dy.mean(0) - normal * (dy * normal).mean(0))


def _staged(x: Array, mu: Array, std: Array, gamma: Array, dy: Array) -> Array:
    n, centred, d_normal = len(x), x - mu, dy * gamma
    d_var = (d_normal * centred).sum(0) * -0.5 / std**3
    d_mean = -(d_normal / std).sum(0) + d_var * (-2 * centred).mean(0)
    return d_normal / std + d_var * 2 * centred / n + d_mean / n


def _times_n(x: Array, mu: Array, std: Array, gamma: Array, dy: Array) -> Array:
    n, centred = len(x), x - mu
    return (1 / n) * gamma / std * (n * dy - dy.sum(0) - centred / std**2 * (dy * centred).sum(0))


def batchnorm_two_pass(case: Case) -> Outputs:
    return _batchnorm(case, lambda x, mu: x.var(0), _compact)


def batchnorm_one_pass(case: Case) -> Outputs:
    return _batchnorm(case, lambda x, mu: (x**2).mean(0) - mu**2, _times_n)


def batchnorm_staged(case: Case) -> Outputs:
    return _batchnorm(case, lambda x, mu: ((x - mu) ** 2).sum(0) / len(x), _staged)


def _loss(case: Case, each: Array, p: Array) -> Outputs:
    labels, dy = _arrays(case, "labels", "dy")
    onehot = np.eye(p.shape[1], dtype=p.dtype)[labels]
    if dy.ndim == 0:
        return {"y": each.mean(), "x.grad": (p - onehot) * dy / len(p)}
    return {"y": each, "x.grad": (p - onehot) * dy[:, None]}


def cross_entropy_shifted(case: Case) -> Outputs:
    x, labels = _arrays(case, "x", "labels")
    z = x - x.max(1, keepdims=True)
    e = np.exp(z)
    total = e.sum(1, keepdims=True)
    return _loss(case, np.log(total[:, 0]) - z[np.arange(len(x)), labels], e / total)


def cross_entropy_logsumexp(case: Case) -> Outputs:
    x, labels = _arrays(case, "x", "labels")
    top = x.max(1, keepdims=True)
    lse = top + np.log(np.exp(x - top).sum(1, keepdims=True))
    return _loss(case, lse[:, 0] - x[np.arange(len(x)), labels], np.exp(x - lse))


def cross_entropy_log_softmax(case: Case) -> Outputs:
    x, labels = _arrays(case, "x", "labels")
    z = x - x.max(1, keepdims=True)
    logp = z - np.log(np.exp(z)[:, ::-1].sum(1, keepdims=True))
    return _loss(case, -(logp * np.eye(x.shape[1], dtype=x.dtype)[labels]).sum(1), np.exp(logp))


def _window(case: Case) -> tuple[int, int, int, int]:
    option: dict[str, Any] = dict(case.options)
    return (*option["kernel"], option["stride"], option["padding"])


def _pad(x: Array, p: int, value: float = 0) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=value)


def _steps(padded: Array, kh: int, kw: int, s: int) -> tuple[int, int]:
    return (padded.shape[2] - kh) // s + 1, (padded.shape[3] - kw) // s + 1


def _columns(x: Array, kh: int, kw: int, s: int, p: int, value: float = 0) -> Array:
    padded = _pad(x, p, value)
    oh, ow = _steps(padded, kh, kw, s)
    columns = np.empty((*x.shape[:2], kh, kw, oh, ow), x.dtype)
    for i, j in np.ndindex(kh, kw):
        columns[:, :, i, j] = padded[:, :, i : i + s * oh : s, j : j + s * ow : s]
    return columns


def _add_up(columns: Array, size: tuple[int, ...], s: int, p: int) -> Array:
    n, c, kh, kw, oh, ow = columns.shape
    padded = np.zeros((n, c, size[0] + 2 * p, size[1] + 2 * p), columns.dtype)
    for i, j in np.ndindex(kh, kw):
        padded[:, :, i : i + s * oh : s, j : j + s * ow : s] += columns[:, :, i, j]
    return padded[:, :, p : p + size[0], p : p + size[1]]


def unfold_cells(case: Case) -> Outputs:
    columns = _columns(case.arrays["x"], *_window(case))
    return {"y": columns.reshape(len(columns), -1, *columns.shape[4:])}


def unfold_windows(case: Case) -> Outputs:
    kh, kw, s, p = _window(case)
    view = np.lib.stride_tricks.sliding_window_view(_pad(case.arrays["x"], p), (kh, kw), (2, 3))[:, :, ::s, ::s]
    return {"y": view.transpose(0, 1, 4, 5, 2, 3).reshape(len(view), -1, *view.shape[2:4])}


def fold_cells(case: Case) -> Outputs:
    x, (kh, kw, s, p), size = case.arrays["x"], _window(case), case.options["size"]
    assert isinstance(size, tuple)
    return {"y": _add_up(x.reshape(len(x), -1, kh, kw, *x.shape[2:]), size, s, p)}  # type: ignore[arg-type]


def fold_windows(case: Case) -> Outputs:
    x, (kh, kw, s, p), (h, w) = case.arrays["x"], _window(case), case.options["size"]  # type: ignore[misc]
    blocks = x.reshape(len(x), -1, kh, kw, *x.shape[2:])
    padded = np.zeros((*blocks.shape[:2], h + 2 * p, w + 2 * p), x.dtype)  # type: ignore[operator]
    for i, j in reversed(list(np.ndindex(*x.shape[2:]))):
        padded[:, :, i * s : i * s + kh, j * s : j * s + kw] += blocks[..., i, j]
    return {"y": padded[:, :, p : p + h, p : p + w]}  # type: ignore[operator]


def conv_columns(case: Case) -> Outputs:
    x, w, b, dy = _arrays(case, "x", "weight", "bias", "dy")
    kh, kw, s, p = _window(case)
    columns = _columns(x, kh, kw, s, p)
    flat = columns.reshape(len(x), -1, dy.shape[2] * dy.shape[3])
    wide, up = w.reshape(len(w), -1), dy.reshape(*dy.shape[:2], -1)
    return {
        "y": (wide @ flat + b[:, None]).reshape(dy.shape),
        "x.grad": _add_up((wide.T @ up).reshape(columns.shape), x.shape[2:], s, p),
        "weight.grad": (up @ flat.transpose(0, 2, 1)).sum(0).reshape(w.shape),
        "bias.grad": dy.sum((0, 2, 3)),
    }


def conv_windows(case: Case) -> Outputs:
    x, w, b, dy = _arrays(case, "x", "weight", "bias", "dy")
    kh, kw, s, p = _window(case)
    padded = _pad(x, p)
    y, dx, dw, db = np.empty_like(dy), np.zeros_like(padded), np.zeros_like(w), np.zeros_like(b)
    for n, o, i, j in np.ndindex(*dy.shape):
        place = (n, slice(None), slice(i * s, i * s + kh), slice(j * s, j * s + kw))
        y[n, o, i, j] = b[o] + np.sum(padded[place] * w[o])
        dx[place] += w[o] * dy[n, o, i, j]
        dw[o] += padded[place] * dy[n, o, i, j]
        db[o] += dy[n, o, i, j]
    h, wide = x.shape[2:]
    return {"y": y, "x.grad": dx[:, :, p : p + h, p : p + wide], "weight.grad": dw, "bias.grad": db}


def pool_columns(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    kh, kw, s, p = _window(case)
    columns = _columns(x, kh, kw, s, p, -np.inf)
    flat = columns.reshape(*x.shape[:2], kh * kw, *dy.shape[2:])
    hit = np.arange(kh * kw)[:, None, None] == flat.argmax(2)[:, :, None]
    return {"y": flat.max(2), "x.grad": _add_up((hit * dy[:, :, None]).reshape(columns.shape), x.shape[2:], s, p)}


def pool_windows(case: Case) -> Outputs:
    x, dy = _arrays(case, "x", "dy")
    kh, kw, s, p = _window(case)
    padded = _pad(x, p)  # zeros, as the homework pads; the data are positive where this matters
    y, dx = np.empty_like(dy), np.zeros_like(padded)
    for n, c, i, j in reversed(list(np.ndindex(*dy.shape))):
        part = padded[n, c, i * s : i * s + kh, j * s : j * s + kw]
        a, b = np.unravel_index(part.argmax(), part.shape)
        y[n, c, i, j] = part[a, b]
        dx[n, c, i * s + a, j * s + b] += dy[n, c, i, j]
    h, w = x.shape[2:]
    return {"y": y, "x.grad": dx[:, :, p : p + h, p : p + w]}


_CROSS_ENTROPY = (cross_entropy_shifted, cross_entropy_logsumexp, cross_entropy_log_softmax)

VARIANTS: dict[str, tuple[Variant, ...]] = {
    "linear": (linear_blas, linear_term_by_term),
    "relu": (relu_maximum, relu_mask),
    "batchnorm1d": (batchnorm_two_pass, batchnorm_one_pass, batchnorm_staged),
    "cross_entropy": _CROSS_ENTROPY,
    "cross_entropy_mean": _CROSS_ENTROPY,
    "unfold": (unfold_cells, unfold_windows),
    "fold": (fold_cells, fold_windows),
    "conv2d": (conv_columns, conv_windows),
    "maxpool2d": (pool_columns, pool_windows),
}
