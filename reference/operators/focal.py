"""Class-balanced focal loss: -w_y (1 - p_y)^gamma log p_y, of a softmax or, summed over the classes, of sigmoids.

Conventions: x (N, C) of logits, ``labels`` (N,) int64, ``weight`` (C,) or absent, gamma >= 0; y is a number, the sum
over the batch divided by N or by the sum of the samples' weights. Which of the four forms was written is found out
from y: the one nearest to it is what is expected. Large logits are scored apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import FLOAT32, TINY, K, gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, tensor

Tensor = torch.Tensor

CONFIDENT = "of confident predictions"
LIBM = 12
"""Roundings granted to exp, log and a power."""


class Form(NamedTuple):
    """One of the forms that are right: of sigmoids or a softmax, averaged over the weights or the samples."""

    sigmoid: bool
    over_weights: bool


FORMS = tuple(Form(*choice) for choice in product((False, True), (False, True)))

Term = Callable[[Tensor, Tensor, float], Tensor]
Logarithms = Callable[[Tensor, Tensor, bool], tuple[Tensor, Tensor]]


def term(logp: Tensor, logq: Tensor, power: float) -> Tensor:
    """-(1 - p)^gamma log p, from the logarithms of p and of 1 - p."""
    return -torch.exp(power * logq) * logp if power else -logp


def _options(case: Case) -> tuple[float, Array]:
    power = case.options["gamma"]
    assert isinstance(power, float)
    weight = case.arrays.get("weight", np.ones(case.arrays["x"].shape[1]))
    return power, weight[case.arrays["labels"]]


def _logarithms(x: Tensor, labels: Tensor, sigmoid: bool) -> tuple[Tensor, Tensor]:
    """log p and log(1 - p) of what each sample should be: (N, C) for sigmoids, (N, 1) for a softmax."""
    onehot = torch.nn.functional.one_hot(labels, x.shape[1])
    if sigmoid:
        towards = x * (2 * onehot - 1)
        return torch.nn.functional.logsigmoid(towards), torch.nn.functional.logsigmoid(-towards)
    column = labels[:, None]
    others = x.masked_fill(onehot.bool(), -torch.inf)
    whole = x.logsumexp(1, keepdim=True)
    return x.gather(1, column) - whole, others.logsumexp(1, keepdim=True) - whole


def _loss(case: Case, form: Form, formula: Term = term, logarithms: Logarithms = _logarithms) -> Outputs:
    power, shares = _options(case)
    with one_thread():
        x = tensor(case.arrays["x"]).requires_grad_()
        logp, logq = logarithms(x, tensor(case.arrays["labels"]), form.sigmoid)
        each = formula(logp, logq, power).sum(1)
        total = float(shares.sum()) if form.over_weights else len(shares)
        y = (each * tensor(shares)).sum() / total
        (gradient,) = torch.autograd.grad(y, (x,))
        return {"y": y.detach().numpy().copy(), "x.grad": gradient.numpy().copy()}


def reference(case: Case) -> Outputs:
    """The softmax form, averaged over the batch: what an answer that is like none of the forms is compared with."""
    return _loss(case, FORMS[0])


def _allowed(case: Case, form: Form, u: float) -> Outputs:
    """Errors of log p and of 1 - p, through the power and its slope."""
    power, shares = _options(case)
    x, labels = case.arrays["x"], case.arrays["labels"]
    total = shares.sum() if form.over_weights else len(shares)
    each = (shares / total)[:, None]
    n, c = x.shape
    with one_thread():
        logp, logq = (t.numpy() for t in _logarithms(tensor(x), tensor(labels), form.sigmoid))
    top = np.abs(x).max(1, keepdims=True)
    p, q = np.exp(logp), np.exp(logq)
    error = u * (3 * np.abs(logp) + 3 * top + c + LIBM)
    error_q = p * (error + LIBM * u) + 2 * u
    least, most = np.maximum(q - error_q, 0), q + error_q

    def spread(exponent: float) -> Array:
        """How far a power of 1 - p may be off."""
        if exponent == 0:
            return np.zeros_like(q)
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.abs(most**exponent - q**exponent), np.abs(q**exponent - least**exponent)
            return np.asarray(np.maximum(*ends) + LIBM * u * q**exponent)

    factor = q**power
    y = spread(power) * (np.abs(logp) + error) + factor * (error + 4 * u * np.abs(logp))
    slope = factor + power * q ** (power - 1) * p * np.abs(logp) if power else np.ones_like(q)
    moved = spread(power) + 6 * u * slope
    if power:
        inner = p * np.abs(logp)
        moved = moved + power * (
            spread(power - 1) * inner + most ** (power - 1) * (inner * (error + LIBM * u) + p * error)
        )
    if form.sigmoid:
        gradient = each * (moved * q + slope * (error_q + 4 * u * q))
    else:
        share = np.exp(x - x.max(1, keepdims=True))
        share = share / share.sum(1, keepdims=True)
        onehot = np.eye(c)[labels]
        steep = np.abs(onehot - share)
        gradient = each * (moved * steep + slope * (share * u * (4 * top + c + LIBM) + 4 * u * (share + onehot)))
    value = np.exp(power * logq) * np.abs(logp)
    sums = gamma(n * (c + 1) + 3, u)
    return {"y": np.asarray((each * y).sum() + sums * (each * value).sum()), "x.grad": gradient + sums * gradient}


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """That of the softmax form."""
    return _allowed(case, FORMS[0], u)


def derive(case: Case, outputs: Mapping[str, Array]) -> tuple[Outputs, Outputs]:
    """The form whose value is nearest to the answer's, and the errors allowed for it."""
    got = outputs.get("y")
    best, nearest = FORMS[0], np.inf
    for form in FORMS:
        if got is not None and got.shape == () and np.isfinite(got):
            allowed = K * _allowed(case, form, FLOAT32)["y"] + TINY
            distance = float(np.abs(got - _loss(case, form)["y"]) / allowed)
            if distance < min(nearest, 1 if form != FORMS[0] else np.inf):
                best, nearest = form, distance
    allowed_errors = {name: np.asarray(K * error + TINY) for name, error in _allowed(case, best, FLOAT32).items()}
    return _loss(case, best), allowed_errors


def _case(values: Palette, n: int, c: int, power: float, *, weighted: bool, gap: float = 0.0, note: str = "") -> Case:
    x, labels = values("x", n, c), values.labels("labels", n, c)
    rows = np.arange(n)
    if gap:
        # Every other sample is confident and right, the others are confident and wrong.
        x[rows, np.where(rows % 2 == 0, labels, (labels + 1) % c)] += gap
        if n > 1:
            x[rows[1::2], labels[1::2]] -= gap
    arrays = {"x": x, "labels": labels}
    if weighted:
        arrays["weight"] = (1 + Palette("distinct", values.seed).rng("weight").permutation(c)) / 4.0
    return Case(arrays, {"gamma": power}, group=CONFIDENT if gap else "", note=note)


@st.composite
def focal_cases(draw: DrawFn) -> Case:
    """Up to six samples of up to seven classes; in some the predictions are as good as certain."""
    n, c = draw(sizes((1, 5), (2, 6)))
    weighted, gap = draw(st.booleans()), draw(st.sampled_from((0.0, 0.0, 0.0, 45.0, 800.0)))
    power = draw(st.sampled_from((0.0, 1.0, 2.0) if gap else (0.0, 0.5, 1.0, 2.0, 3.0)))
    return _case(draw(palettes("small", "normal")), n, c, power, weighted=weighted, gap=gap)


EXAMPLES = (
    _case(Palette("normal", 1), 5, 4, 0.0, weighted=False, note="cross entropy: gamma 0, no weights"),
    _case(Palette("normal", 2), 4, 5, 2.0, weighted=False, note="gamma 2, no weights"),
    _case(Palette("normal", 3), 6, 3, 0.0, weighted=True, note="weighted cross entropy"),
    _case(Palette("normal", 4), 5, 3, 1.0, weighted=True, note="gamma 1, weights"),
    _case(Palette("normal", 5), 4, 3, 0.5, weighted=True, note="gamma 0.5, weights"),
    _case(Palette("normal", 6), 4, 3, 2.0, weighted=True, gap=45.0, note="nearly certain predictions"),
    _case(Palette("normal", 7), 4, 3, 1.0, weighted=False, gap=800.0, note="predictions whose probability is 0"),
)


def _wrong(formula: Term, form: Form = FORMS[0]) -> Reference:
    def mistake(case: Case) -> Outputs:
        return _loss(case, form, formula)

    return mistake


def _unweighted(form: Form) -> Reference:
    def mistake(case: Case) -> Outputs:
        return _loss(Case({k: v for k, v in case.arrays.items() if k != "weight"}, case.options), form)

    return mistake


def _weighted_first(case: Case) -> Outputs:
    weights = tensor(_options(case)[1])[:, None]

    def formula(logp: Tensor, logq: Tensor, power: float) -> Tensor:
        weighted = weights * logp
        return -((1 - weighted.exp()) ** power) * weighted

    return _loss(Case({k: v for k, v in case.arrays.items() if k != "weight"}, case.options), FORMS[0], formula)


def _naive(logp: Tensor, logq: Tensor, power: float) -> Tensor:
    """The logarithm of a probability that may have become 0."""
    p = logp.exp()
    return -((1 - p) ** power) * p.log()


def _swapped(logp: Tensor, logq: Tensor, power: float) -> Tensor:
    return term(logq, logp, power)


def _power_of_p(logp: Tensor, logq: Tensor, power: float) -> Tensor:
    return -torch.exp(power * logp) * logp


def _power_of_log(logp: Tensor, logq: Tensor, power: float) -> Tensor:
    return torch.exp(logq) * (-logp) ** power


def _unsure(form: Form, logarithms: Logarithms) -> Reference:
    """Asked of other predictions only: the gradients of confident ones are 0 by many mistakes."""
    return lambda case: {} if case.group == CONFIDENT else _loss(case, form, logarithms=logarithms)


def _twice(form: Form) -> Reference:
    """The logits have become probabilities before."""

    def logarithms(x: Tensor, labels: Tensor, sigmoid: bool) -> tuple[Tensor, Tensor]:
        return _logarithms(x.sigmoid() if sigmoid else x.softmax(1), labels, sigmoid)

    return _unsure(form, logarithms)


def _over_samples(x: Tensor, labels: Tensor, sigmoid: bool) -> tuple[Tensor, Tensor]:
    p = x.softmax(0).gather(1, labels[:, None])
    return p.log(), (1 - p).log()


def _scaled(form: Form, factor: Callable[[Case], float]) -> Reference:
    def mistake(case: Case) -> Outputs:
        return {name: np.asarray(array * factor(case)) for name, array in _loss(case, form).items()}

    return mistake


_SOFTMAX, _SIGMOID = FORMS[0], Form(True, False)

MISTAKES: dict[str, Reference] = {
    "the exponent is on p instead of 1 - p: confident samples have to count less": _wrong(_power_of_p),
    "the exponent is on the logarithm instead of 1 - p": _wrong(_power_of_log),
    "p and 1 - p are swapped": _wrong(_swapped),
    "gamma is ignored": _wrong(lambda logp, logq, power: -logp),
    "softmax is taken twice: what goes into the loss are logits, not probabilities": _twice(_SOFTMAX),
    "softmax is taken twice: what goes into the loss, a mean over the weights, are logits": _twice(Form(False, True)),
    "softmax is taken over the samples (dim 0) instead of the classes": _unsure(_SOFTMAX, _over_samples),
    "the class weights are ignored": _unweighted(_SOFTMAX),
    "p is taken from the weighted cross entropy: the weight belongs outside": _weighted_first,
    "the sign is flipped: the loss is -log p, not log p": _scaled(_SOFTMAX, lambda case: -1.0),
    "the loss is summed over the batch instead of averaged": _scaled(
        _SOFTMAX, lambda case: float(len(case.arrays["x"]))
    ),
    "the sum is divided by the weights of all classes together instead of those of the samples": _scaled(
        _SOFTMAX,
        lambda case: len(case.arrays["x"]) / case.arrays["weight"].sum() if "weight" in case.arrays else 1.0,
    ),
    "the logarithm is taken of a probability that has become 0": _wrong(_naive),
    "in the sigmoid form, the exponent is on p instead of 1 - p": _wrong(_power_of_p, _SIGMOID),
    "in the sigmoid form, sigmoid is taken twice: what goes into the loss are logits": _twice(_SIGMOID),
    "in the sigmoid form, the class weights are ignored": _unweighted(_SIGMOID),
    "in the sigmoid form, gamma is ignored": _wrong(lambda logp, logq, power: -logp, _SIGMOID),
    "in the sigmoid form, the mean is taken over the classes, too: they are summed": _scaled(
        _SIGMOID, lambda case: 1 / case.arrays["x"].shape[1]
    ),
}

focal_loss = Operator(
    "FocalLoss",
    focal_cases(),
    reference,
    bound,
    examples=EXAMPLES,
    mistakes=MISTAKES,
    upstream=(),
    derive=derive,
)
