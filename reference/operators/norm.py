"""BatchNorm1d, over a few training steps followed by evaluation.

Conventions: x (N, C), gamma, beta, r_mean, r_var (C,). Training normalises with the batch mean and the biased batch
variance (divided by N), epsilon inside the square root; the running statistics become
``momentum * old + (1 - momentum) * batch``, the batch variance biased here, too. (``torch.nn.BatchNorm1d`` gives the
momentum to the new value and keeps the unbiased variance.) Evaluation normalises with the running statistics.

Step i has the array x<i>, and dy<i> if it is a training step; its outputs are train[i], x.grad[i], gamma.grad[i],
beta.grad[i], r_mean[i], r_var[i], or eval[i].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Literal, cast

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma as roundings
from checker.cases import Palette, float32, palettes
from checker.operator import Array, Case, Operator, Option, Outputs, Reference, aspect_of
from reference.operators.autograd import one_thread, pull_back, tensor

TRAINING_STEPS, EVALUATION_STEPS = 3, 2


def _steps(case: Case) -> Iterator[tuple[int, Array, Array | None]]:
    """Index, input and, for training steps, upstream gradient."""
    for i in count():
        if f"x{i}" not in case.arrays:
            return
        yield i, case.arrays[f"x{i}"], case.arrays.get(f"dy{i}")


def reference(case: Case) -> Outputs:
    """``torch.nn.functional.batch_norm``; the running statistics by the formula above."""
    eps, momentum = cast(float, case.options["eps"]), cast(float, case.options["momentum"])
    outputs: Outputs = {}
    with one_thread():
        mean, var = tensor(case.arrays["r_mean"]), tensor(case.arrays["r_var"])
        for i, array, dy in _steps(case):
            inputs = {"x": tensor(array)} | {name: tensor(case.arrays[name]) for name in ("gamma", "beta")}
            x, scale, shift = (value.requires_grad_() for value in inputs.values())
            if dy is None:
                y = torch.nn.functional.batch_norm(x, mean, var, scale, shift, eps=eps)
                outputs[f"eval[{i}]"] = y.detach().numpy().copy()
                continue
            y = torch.nn.functional.batch_norm(x, None, None, scale, shift, training=True, eps=eps)
            outputs[f"train[{i}]"] = y.detach().numpy().copy()
            outputs |= {f"{name}[{i}]": gradient for name, gradient in pull_back(y, inputs, dy).items()}
            batch = x.detach()
            mean = momentum * mean + (1 - momentum) * batch.mean(0)
            var = momentum * var + (1 - momentum) * batch.var(0, correction=0)
            outputs |= {f"r_mean[{i}]": mean.numpy().copy(), f"r_var[{i}]": var.numpy().copy()}
    return outputs


def _signed(rng: np.random.Generator, low: float, high: float, c: int) -> Array:
    return rng.choice((-1.0, 1.0), c) * rng.uniform(low, high, c)


def _batch(values: Palette, name: str, n: int, c: int) -> Array:
    """Channels whose deviation is between 0.003 and 10, with a mean of up to 3 of it, or small whole numbers."""
    if values.mode == "small":
        return values(name, n, c)
    rng = values.rng(name)
    scale = 10 ** rng.uniform(-2.5, 1, c)
    return float32(scale * (rng.standard_normal((n, c)) + rng.uniform(-3, 3, c)))


def _case(
    values: Palette, c: int, training: list[int], evaluation: list[int], momentum: float, eps: float, note: str = ""
) -> Case:
    arrays = {}
    for name, low, high in (("gamma", 0.5, 2), ("beta", 0.25, 3), ("r_mean", 0.25, 3)):
        small = values.mode == "small"
        rng = values.rng(name)
        arrays[name] = rng.choice((-3.0, -2.0, 2.0, 3.0), c) if small else float32(_signed(rng, low, high, c))
    rng = values.rng("r_var")
    arrays["r_var"] = rng.choice((2.0, 3.0), c) if values.mode == "small" else float32(10 ** rng.uniform(-4, 1, c))
    for i, n in enumerate(training + evaluation):
        arrays[f"x{i}"] = _batch(values, f"x{i}", n, c)
        if i < len(training):
            arrays[f"dy{i}"] = values.upstream(f"dy{i}", n, c)
    options: dict[str, Option] = {"momentum": momentum, "eps": eps}
    return Case(arrays, options, note=note)


@st.composite
def batchnorm1d_cases(draw: DrawFn, *, eps: float = 1e-3) -> Case:
    """One to three training steps, then up to two evaluations, each with a batch of its own size."""
    c = draw(st.integers(1, 5))
    training = draw(st.lists(st.integers(2, 12), min_size=1, max_size=TRAINING_STEPS))
    evaluation = draw(st.lists(st.integers(1, 5), max_size=EVALUATION_STEPS))
    # Whole eighths are exact; 0, 1/2 and 1 would hide which of the two statistics the momentum weighs.
    momentum = draw(st.sampled_from((0.75, 0.25, 0.875, 0.125)))
    return _case(draw(palettes("small", "normal")), c, training, evaluation, momentum, eps)


def batchnorm1d_examples(*, eps: float = 1e-3) -> tuple[Case, ...]:
    """Cases that drawing meets rarely."""
    normal = Palette("normal", 1)
    zero = _case(Palette(seed=2), 3, [4], [], 0.75, eps, "zero upstream gradient")
    still = _case(Palette("normal", 3), 2, [4], [2], 0.75, eps, "a constant channel")
    near = _case(Palette("normal", 4), 3, [6, 5], [2], 0.75, eps, "variance near epsilon")
    far = _case(Palette("normal", 5), 3, [8, 7], [2], 0.25, eps, "mean thirty times the deviation")
    spread = np.random.default_rng(6).standard_normal((8, 3))
    return (
        _case(normal, 3, [5, 4], [1], 0.75, eps, "evaluation of a single sample"),
        _case(normal, 2, [2], [3], 0.25, eps, "a batch of two"),
        _case(normal, 4, [4, 4], [4], 0.25, eps, "as many samples as columns"),
        _case(normal, 4, [6, 3], [2], 0.9, eps, "momentum 0.9"),
        _case(normal, 2, [5], [3, 4], 0.25, eps, "two evaluations in a row"),
        zero.with_arrays(dy0=np.zeros_like(zero.arrays["dy0"])),
        still.with_arrays(x0=float32(still.arrays["x0"] * [1, 0] + [0, 2])),
        near.with_arrays(x0=float32(spread[:6] * eps**0.5), x1=float32(spread[:5] * eps**0.5 / 4)),
        far.with_arrays(x0=float32(spread * 0.5 + [15, -15, 10]), x1=float32(spread[1:] * 2 + [-60, 30, 60])),
    )


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """First-order errors of mean and variance carried on; the mean of squares admits E[x^2] - E[x]^2."""
    eps, momentum = cast(float, case.options["eps"]), cast(float, case.options["momentum"])
    scale, shift = np.abs(case.arrays["gamma"]), np.abs(case.arrays["beta"])
    mean, var = case.arrays["r_mean"], case.arrays["r_var"]
    d_mean, d_var = np.zeros_like(mean), np.zeros_like(var)
    bounds: Outputs = {}
    for i, x, dy in _steps(case):
        if dy is None:
            r = 1 / np.sqrt(var + eps)
            carried = d_mean + np.abs(x - mean) * d_var * r**2 / 2
            bounds[f"eval[{i}]"] = 6 * u * (scale * r * (np.abs(x) + np.abs(mean)) + shift) + scale * r * carried
            continue
        m, mu, v = len(x), x.mean(0), x.var(0)
        r = 1 / np.sqrt(v + eps)
        normal, up = np.abs(x - mu) * r, np.abs(dy)
        d_mu = roundings(m + 1, u) * np.abs(x).mean(0)
        d_v = roundings(m + 4, u) * (v + (x**2).mean(0))
        bend = d_v * r**2 / 2
        d_normal = r * (d_mu + u * np.abs(x - mu)) + normal * (bend + 5 * u)
        bounds[f"train[{i}]"] = scale * d_normal + 3 * u * (scale * normal + shift)
        lean = (up * normal).mean(0)
        whole = up + up.mean(0) + normal * lean
        bounds[f"x.grad[{i}]"] = (
            scale
            * r
            * ((roundings(m + 8, u) + bend + 3 * u) * whole + d_normal * lean + normal * (up * d_normal).mean(0))
        )
        bounds[f"gamma.grad[{i}]"] = (up * d_normal).sum(0) + roundings(m + 2, u) * (up * normal).sum(0)
        bounds[f"beta.grad[{i}]"] = roundings(m, u) * up.sum(0)
        new = 1 - momentum
        d_mean = momentum * d_mean + new * d_mu + 4 * u * (momentum * np.abs(mean) + new * np.abs(mu))
        d_var = momentum * d_var + new * d_v + 5 * u * (momentum * var + new * v)
        bounds[f"r_mean[{i}]"], bounds[f"r_var[{i}]"] = d_mean, d_var
        mean, var = expected[f"r_mean[{i}]"], expected[f"r_var[{i}]"]
    return bounds


def _layer(
    *outputs: str,
    deviation: Callable[[Array, float], Array] = lambda var, eps: np.sqrt(var + eps),
    ddof: int = 0,
    running_ddof: int = 0,
    running: Callable[[Array], Array] = lambda var: var,
    old_mean: Callable[[float], float] = lambda momentum: momentum,
    old_var: Callable[[float], float] = lambda momentum: momentum,
    affine: Callable[[Array, Array, Array], Array] = lambda normal, gamma, beta: gamma * normal + beta,
    keeps_gamma: bool = True,
    mean_term: bool = True,
    var_term: bool = True,
    train_on_running: bool = False,
    eval_on_batch: bool = False,
    eval_updates: Literal["", "before", "after"] = "",
) -> Reference:
    """The layer with one part replaced; only the named kinds of outputs are predicted."""

    def mistake(case: Case) -> Outputs:
        eps, momentum = cast(float, case.options["eps"]), cast(float, case.options["momentum"])
        gamma, beta, mean, var = (case.arrays[name] for name in ("gamma", "beta", "r_mean", "r_var"))
        made: Outputs = {}
        for i, x, dy in _steps(case):
            before = mean, var
            if dy is not None or eval_updates:
                keep_mean, keep_var = old_mean(momentum), old_var(momentum)
                mean = keep_mean * mean + (1 - keep_mean) * x.mean(0)
                var = keep_var * var + (1 - keep_var) * running(x.var(0) * len(x) / max(len(x) - running_ddof, 1))
            on_batch = eval_on_batch if dy is None else not train_on_running
            mu, v = (x.mean(0), x.var(0) * len(x) / max(len(x) - ddof, 1)) if on_batch else (mean, var)
            if dy is None and eval_updates == "after":
                mu, v = before
            with np.errstate(all="ignore"):
                sigma = deviation(v, eps)
                normal = (x - mu) / sigma
                if dy is None:
                    made[f"eval[{i}]"] = affine(normal, gamma, beta)
                    continue
                inner = dy - mean_term * dy.mean(0) - var_term * normal * (dy * normal).mean(0)
                made[f"x.grad[{i}]"] = inner / sigma * (gamma if keeps_gamma else 1)
            made[f"train[{i}]"] = affine(normal, gamma, beta)
            made[f"gamma.grad[{i}]"], made[f"beta.grad[{i}]"] = (dy * normal).sum(0), dy.sum(0)
            made[f"r_mean[{i}]"], made[f"r_var[{i}]"] = mean, var
        return {name: value for name, value in made.items() if aspect_of(name) in outputs}

    return mistake


def _parameters(gamma_weight: Any, beta_weight: Any) -> Reference:
    """Gradients of gamma and beta as sums of something over the batch."""

    def mistake(case: Case) -> Outputs:
        made: Outputs = {}
        for i, x, dy in _steps(case):
            if dy is not None:
                normal = (x - x.mean(0)) / np.sqrt(x.var(0) + cast(float, case.options["eps"]))
                if gamma_weight:
                    made[f"gamma.grad[{i}]"] = gamma_weight(x, normal, dy).sum(0)
                if beta_weight:
                    made[f"beta.grad[{i}]"] = beta_weight(x, normal, dy).sum(0)
        return made

    return mistake


def _gamma_times_gamma(case: Case) -> Outputs:
    right = reference(case)
    return {name: right[name] * case.arrays["gamma"] for name in right if aspect_of(name) == "gamma.grad"}


FORWARD = ("train", "eval", "x.grad", "gamma.grad")

MISTAKES: dict[str, Reference] = {
    "epsilon is added outside the square root": _layer(*FORWARD, deviation=lambda var, eps: np.sqrt(var) + eps),
    "epsilon is left out": _layer(*FORWARD, deviation=lambda var, eps: np.sqrt(var)),
    "epsilon is 1e-5, torch's, instead of the one that is asked for": _layer(
        *FORWARD, deviation=lambda var, eps: np.sqrt(var + 1e-5)
    ),
    "the variance in the normalisation is divided by N - 1": _layer("train", "x.grad", "gamma.grad", ddof=1),
    "the variance is used in place of the standard deviation": _layer(*FORWARD, deviation=lambda var, eps: var + eps),
    "the running variance takes the batch variance divided by N - 1": _layer("r_var", "eval", running_ddof=1),
    "the running variance takes the standard deviation": _layer("r_var", "eval", running=np.sqrt),
    "momentum weighs the new statistic instead of the old": _layer(
        "r_mean", "r_var", "eval", old_mean=lambda m: 1 - m, old_var=lambda m: 1 - m
    ),
    "momentum is 0.9, whatever is given": _layer(
        "r_mean", "r_var", "eval", old_mean=lambda m: 0.9, old_var=lambda m: 0.9
    ),
    "the running mean is replaced by the batch's": _layer("r_mean", "eval", old_mean=lambda m: 0.0),
    "the running variance is replaced by the batch's": _layer("r_var", "eval", old_var=lambda m: 0.0),
    "the running mean and variance are replaced by the batch's": _layer(
        "eval", old_mean=lambda m: 0.0, old_var=lambda m: 0.0
    ),
    "the running mean is never updated": _layer("r_mean", "eval", old_mean=lambda m: 1.0),
    "the running variance is never updated": _layer("r_var", "eval", old_var=lambda m: 1.0),
    "neither of the running statistics is updated": _layer("eval", old_mean=lambda m: 1.0, old_var=lambda m: 1.0),
    "training normalises with the running statistics": _layer("train", train_on_running=True),
    "evaluation normalises with the batch's own statistics": _layer("eval", eval_on_batch=True),
    "evaluation updates the running statistics, then uses them": _layer("eval", eval_updates="before"),
    "evaluation uses the running statistics, then updates them": _layer("eval", eval_updates="after"),
    "gamma multiplies beta, too": _layer("train", "eval", affine=lambda normal, gamma, beta: gamma * (normal + beta)),
    "gamma and beta are swapped": _layer("train", "eval", affine=lambda normal, gamma, beta: beta * normal + gamma),
    "gamma and beta are left out": _layer("train", "eval", affine=lambda normal, gamma, beta: normal),
    "beta is left out": _layer("train", "eval", affine=lambda normal, gamma, beta: gamma * normal),
    "gamma is left out of the input gradient": _layer("x.grad", keeps_gamma=False),
    "the batch mean is taken as a constant in the input gradient": _layer("x.grad", mean_term=False),
    "the batch variance is taken as a constant in the input gradient": _layer("x.grad", var_term=False),
    "batch mean and variance are taken as constants in the input gradient": _layer(
        "x.grad", mean_term=False, var_term=False
    ),
    "the gradient of gamma uses the input before normalisation": _parameters(lambda x, normal, dy: dy * x, None),
    "the gradient of gamma is multiplied by gamma": _gamma_times_gamma,
    "the gradient of gamma is the mean over the batch": _parameters(lambda x, normal, dy: dy * normal / len(x), None),
    "the gradient of beta is the mean over the batch": _parameters(None, lambda x, normal, dy: dy / len(x)),
    "the gradients of gamma and beta are swapped": _parameters(
        lambda x, normal, dy: dy, lambda x, normal, dy: dy * normal
    ),
    "the gradient of beta ignores the upstream gradient": _parameters(None, lambda x, normal, dy: np.ones_like(dy)),
}

batchnorm1d = Operator(
    "BatchNorm1d",
    batchnorm1d_cases(),
    reference,
    bound,
    examples=batchnorm1d_examples(),
    mistakes=MISTAKES,
    upstream=tuple(f"dy{i}" for i in range(TRAINING_STEPS)),
)
