"""Correct NumPy programs for backprop's operators: same results, other formulas and other orders of summation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checker.operator import Array, Case, Outputs
from tests.reference.operators import variants
from tests.reference.operators.variants import Variant


def f1_graph(case: Case) -> Outputs:
    a = case.arrays
    d = a["x1"] * a["w1"] + a["x2"] * a["w2"] + a["b"] - a["y"]
    g = 2 * d
    grads = (g * a["w1"], g * a["x1"], g * a["w2"], g * a["x2"], g, -g)
    return {"L": d**2} | {f"{n}.grad": v for n, v in zip(("x1", "w1", "x2", "w2", "b", "y"), grads, strict=True)}


def f1_expanded(case: Case) -> Outputs:
    a = case.arrays
    hat = a["b"] + (a["x2"] * a["w2"] + a["w1"] * a["x1"])
    by = 2 * hat - 2 * a["y"]
    grads = (by * a["w1"], by * a["x1"], by * a["w2"], by * a["x2"], by, 2 * a["y"] - 2 * hat)
    value = hat * hat - 2 * hat * a["y"] + a["y"] * a["y"]
    return {"L": value} | {f"{n}.grad": v for n, v in zip(("x1", "w1", "x2", "w2", "b", "y"), grads, strict=True)}


def f2_graph(case: Case) -> Outputs:
    e = np.exp(2 * case.arrays["x"])
    t, b = e - 1, e + 1
    return {"y": t / b, "x.grad": 2 * (e * (1 / b - t / b / b))}


def f2_tanh(case: Case) -> Outputs:
    y = np.tanh(case.arrays["x"])
    return {"y": y, "x.grad": 1 - y * y}


def f2_sech(case: Case) -> Outputs:
    x = case.arrays["x"]
    return {"y": 1 - 2 / (np.exp(2 * x) + 1), "x.grad": 1 / np.cosh(x) ** 2}


def _f3(loss: Array, first: Array, second: Array) -> Outputs:
    return {"L": loss, "s1.grad": first, "s2.grad": second}


def f3_graph(case: Case) -> Outputs:
    """The homework's graph, node by node; shifted where it would overflow."""
    s1, s2, first = case.arrays["s1"], case.arrays["s2"], case.arrays["label"] == 1
    if case.group:
        return f3_logsumexp(case)
    e1, e2 = np.exp(s1), np.exp(s2)
    d = e1 + e2
    p = (e1 if first else e2) / d
    up = -1 / p
    by_d = -up * (e1 if first else e2) / d / d
    g1 = by_d + up / d if first else by_d
    g2 = by_d if first else by_d + up / d
    return _f3(-np.log(p), g1 * e1, g2 * e2)


def f3_logsumexp(case: Case) -> Outputs:
    s1, s2, first = case.arrays["s1"], case.arrays["s2"], case.arrays["label"] == 1
    lse = np.logaddexp(s1, s2)
    p1, p2 = np.exp(s1 - lse), np.exp(s2 - lse)
    return _f3(lse - (s1 if first else s2), p1 - 1 if first else p1, p2 if first else p2 - 1)


def f3_logistic(case: Case) -> Outputs:
    s1, s2, first = case.arrays["s1"], case.arrays["s2"], case.arrays["label"] == 1
    z = s2 - s1 if first else s1 - s2
    with np.errstate(over="ignore"):
        wrong = 1 / (1 + np.exp(-z))
    loss = np.maximum(z, z.dtype.type(0)) + np.log1p(np.exp(-np.abs(z)))
    return _f3(loss, *((-wrong, wrong) if first else (wrong, -wrong)))


def _softmax(variant: Variant) -> Variant:
    def program(case: Case) -> Outputs:
        one = np.ones((), dtype=case.arrays["x"].dtype)
        return variant(Case({**case.arrays, "dy": one}, {"reduction": "mean"}))

    program.__name__ = variant.__name__
    return program


def l2_sum(case: Case) -> Outputs:
    w, reg = case.arrays["w"], case.options["reg"]
    return {"y": reg / 2 * np.sum(w * w), "w.grad": reg * w}  # type: ignore[operator]


def l2_loop(case: Case) -> Outputs:
    w, half = case.arrays["w"], w_type(case, 0.5)
    reg = w_type(case, case.options["reg"])
    total = w_type(case, 0)
    for value in reversed(w.ravel()):
        total = total + reg * half * value**2
    return {"y": total, "w.grad": half * w * reg + reg * w / 2}


def w_type(case: Case, number: object) -> Array:
    """A number in the precision of w."""
    return case.arrays["w"].dtype.type(number)  # type: ignore[no-any-return]


Net = Callable[[dict[str, Array], Array, Array], dict[str, Array]]


def _scores(a: dict[str, Array]) -> tuple[Array, Array]:
    hidden = np.maximum(a["x"] @ a["weight1"] + a["bias1"], 0)
    return hidden @ a["weight2"] + a["bias2"], hidden


def _back_blas(a: dict[str, Array], hidden: Array, dy: Array) -> dict[str, Array]:
    down = (dy @ a["weight2"].T) * (hidden > 0)
    return {
        "weight1.grad": a["x"].T @ down,
        "bias1.grad": down.sum(0),
        "weight2.grad": hidden.T @ dy,
        "bias2.grad": dy.sum(0),
    }


def _back_samples(a: dict[str, Array], hidden: Array, dy: Array) -> dict[str, Array]:
    made = {f"{n}.grad": np.zeros_like(a[n]) for n in ("weight1", "bias1", "weight2", "bias2")}
    for n in reversed(range(len(dy))):
        down = np.where(hidden[n] > 0, (a["weight2"] * dy[n]).sum(1), 0)
        made["weight1.grad"] += np.outer(a["x"][n], down)
        made["bias1.grad"] += down
        made["weight2.grad"] += np.outer(hidden[n], dy[n])
        made["bias2.grad"] += dy[n]
    return made


def net_blas(case: Case) -> Outputs:
    a = dict(case.arrays)
    y, hidden = _scores(a)
    return {"parameters": y.dtype.type(4), "y": y, **_back_blas(a, hidden, a["dy"])}


def net_samples(case: Case) -> Outputs:
    a = dict(case.arrays)
    rows = [_scores({**a, "x": a["x"][n : n + 1, ::-1], "weight1": a["weight1"][::-1]}) for n in range(len(a["x"]))]
    y, hidden = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return {"parameters": y.dtype.type(4), "y": y, **_back_samples(a, hidden, a["dy"])}


def _step(case: Case, back: Net, softmax: Variant) -> Outputs:
    a = dict(case.arrays)
    deep = "weight2" in a
    scores, hidden = _scores(a) if deep else (a["x"] @ a["weight1"] + a["bias1"], a["x"])
    one = np.ones((), dtype=scores.dtype)
    loss = softmax(Case({"x": scores, "labels": a["labels"], "dy": one}, {"reduction": "mean"}))
    if deep:
        grads = back(a, hidden, loss["x.grad"])
    else:
        grads = {"weight1.grad": a["x"].T @ loss["x.grad"], "bias1.grad": loss["x.grad"].sum(0)}
    reg = scores.dtype.type(case.options["reg"])
    value = loss["y"]
    made: Outputs = {}
    for name in (n for n in ("weight1", "bias1", "weight2", "bias2") if n in a):
        grad = grads[f"{name}.grad"]
        if name.startswith("weight"):
            value = value + reg / 2 * (a[name] ** 2).sum()
            grad = grad + reg * a[name]
        made[f"{name[:-1]}.grad[{int(name[-1]) - 1}]"] = grad
    named = {"loss": value, **made}
    kept = [a[n] for n in ("weight1", "bias1", "weight2", "bias2") if n in a]
    return named | {f"parameters[{i}]": array for i, array in enumerate(kept)}


def step_blas(case: Case) -> Outputs:
    return _step(case, _back_blas, variants.cross_entropy_shifted)


def step_samples(case: Case) -> Outputs:
    return _step(case, _back_samples, variants.cross_entropy_logsumexp)


VARIANTS: dict[str, tuple[Variant, ...]] = {
    "f1": (f1_graph, f1_expanded),
    "f2": (f2_graph, f2_tanh, f2_sech),
    "f3": (f3_graph, f3_logsumexp, f3_logistic),
    "softmax_loss": tuple(
        _softmax(variant)
        for variant in (
            variants.cross_entropy_shifted,
            variants.cross_entropy_logsumexp,
            variants.cross_entropy_log_softmax,
        )
    ),
    "l2_regularization": (l2_sum, l2_loop),
    "two_layer_net": (net_blas, net_samples),
    "training_step": (step_blas, step_samples),
}
