"""Optimizers. SGD with momentum, over several updates of several modules:

    g = gradient + reg * weight (weights) or gradient (biases);  v = momentum * v - lr * g;  parameter = parameter + v

Conventions: v is 0 at first, one per parameter. ``modules`` lists the kinds of all modules in order; module i has
``weight<i>``, ``bias<i>`` and the gradients of all steps, ``dw<i>`` and ``db<i>`` with the step first, unless it has no
parameters. With one learning rate the outputs are ``weight`` and ``bias`` after each step, and equal those of
``torch.optim.SGD`` with weight decay on the weights; with one rate per step they are all named ``changing learning
rate``, where torch's form v = momentum * v + g; parameter = parameter - lr * v differs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import FLOAT32, K, gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Option, Outputs, Reference
from reference.operators.autograd import one_thread, tensor

PARAMETERISED = ("Conv2D", "Linear")
"""The kinds of modules that have a weight and a bias."""

Rates = float | tuple[float, ...]

_PATTERNS = (
    ("Linear",),
    ("Linear", "ReLU", "Linear"),
    ("Conv2D", "ReLU", "MaxPooling", "Linear"),
    ("ReLU", "Linear", "Linear"),
    ("Conv2D", "ReLU", "Conv2D", "MaxPooling", "Linear", "ReLU", "Linear"),
)


class Settings(NamedTuple):
    """What the optimizer of a case is given: ``rates`` has one learning rate per step."""

    rates: tuple[float, ...]
    reg: float
    momentum: float
    changing: bool


def settings(case: Case) -> Settings:
    """The settings of a case."""
    option: dict[str, Any] = dict(case.options)
    rate, steps = option["learning_rate"], next(len(a) for name, a in case.arrays.items() if name.startswith("dw"))
    changing = isinstance(rate, tuple)
    return Settings(rate if changing else (rate,) * steps, option["reg"], option["momentum"], changing)


def _parameters(case: Case) -> list[tuple[str, int]]:
    """Kind (weight or bias) and module of each parameter."""
    numbers = sorted(int(name.removeprefix("weight")) for name in case.arrays if name.startswith("weight"))
    return [(kind, i) for i in numbers for kind in ("weight", "bias")]


def _gradients(case: Case, kind: str, module: int) -> Array:
    return case.arrays[f"{'dw' if kind == 'weight' else 'db'}{module}"]


def name_of(changing: bool, step: int, kind: str, module: int) -> str:
    """The output that a parameter after a step is."""
    return (
        f"changing learning rate[step {step}, {kind} {module}]" if changing else f"{kind}[step {step}, module {module}]"
    )


def _torch(case: Case, *, rate_in_gradient: bool) -> Outputs:
    """``torch.optim.SGD``; the homework's rule is that of torch at rate 1, with the rate in gradient and decay."""
    rates, reg, momentum, changing = settings(case)
    outputs: Outputs = {}
    with one_thread():
        parameters = {key: tensor(case.arrays[f"{key[0]}{key[1]}"]) for key in _parameters(case)}
        groups = [{"params": [p for (kind, _), p in parameters.items() if kind == k]} for k in ("weight", "bias")]
        optimizer = torch.optim.SGD(groups, lr=1.0, momentum=momentum)
        for step, rate in enumerate(rates):
            inside, outside = (rate, 1.0) if rate_in_gradient else (1.0, rate)
            for group, decay in zip(optimizer.param_groups, (reg, 0.0), strict=True):
                group.update(lr=outside, weight_decay=inside * decay)
            for key, parameter in parameters.items():
                parameter.grad = inside * tensor(_gradients(case, *key)[step])
            optimizer.step()
            for (kind, i), parameter in parameters.items():
                outputs[name_of(changing, step, kind, i)] = parameter.numpy().copy()
    return outputs


def reference(case: Case) -> Outputs:
    """Every parameter after every step."""
    return _torch(case, rate_in_gradient=settings(case).changing)


class Step(NamedTuple):
    """What an update of one parameter sees: ``p`` itself, its velocity ``v`` and its gradient ``g`` of the loss.

    ``bias`` says that it is one; ``last`` that no module with parameters follows.
    """

    p: Array
    v: Array
    g: Array
    lr: float
    first_lr: float
    momentum: float
    reg: float
    bias: bool
    last: bool

    @property
    def gradient(self) -> Array:
        """The gradient with the regulariser's."""
        return self.g if self.bias else np.asarray(self.g + self.reg * self.p)


Update = Callable[[Step], tuple[Array, Array]]


def run(case: Case, update: Update) -> Outputs:
    """Every parameter after every step of a rule that gives parameter and velocity."""
    rates, reg, momentum, changing = settings(case)
    outputs: Outputs = {}
    keys = _parameters(case)
    for kind, i in keys:
        p = case.arrays[f"{kind}{i}"]
        v = np.zeros_like(p)
        for step, lr in enumerate(rates):
            gradient = _gradients(case, kind, i)[step]
            p, v = update(Step(p, v, gradient, lr, rates[0], momentum, reg, kind == "bias", i == keys[-1][1]))
            outputs[name_of(changing, step, kind, i)] = p
    return outputs


def _absolute(s: Step) -> tuple[Array, Array]:
    p, g = np.abs(s.p), np.abs(s.g)
    v = s.momentum * s.v + s.lr * s._replace(p=p, g=g).gradient
    return p + v, v


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The rule on absolute values, eight roundings per step."""
    return {name: gamma(8 * len(settings(case).rates), u) * array for name, array in run(case, _absolute).items()}


def rule(s: Step) -> tuple[Array, Array]:
    """The right update."""
    v = s.momentum * s.v - s.lr * s.gradient
    return s.p + v, v


def _altered(**changes: Any) -> Update:
    """The rule with some of what it sees replaced."""
    return lambda s: rule(s._replace(**{name: change(s) for name, change in changes.items()}))


def _applied(parameter: Callable[[Step, Array], Array]) -> Update:
    """The rule with another way from the velocity to the parameter."""

    def update(s: Step) -> tuple[Array, Array]:
        _, v = rule(s)
        return parameter(s, v), v

    return update


def _share(s: Step) -> tuple[Array, Array]:
    v = s.momentum * s.v - (1 - s.momentum) * s.lr * s.gradient
    return s.p + v, v


def _decoupled(s: Step) -> tuple[Array, Array]:
    v = s.momentum * s.v - s.lr * s.g
    return s.p + v - s.lr * (s.gradient - s.g), v


def _seen(case: Case, wrong: Outputs) -> Outputs:
    """The outputs that a mistake changes by more than rounding."""
    right = reference(case)
    allowed = bound(case, right, FLOAT32)
    return {name: array for name, array in wrong.items() if (np.abs(array - right[name]) > K * allowed[name]).any()}


def _mistake(update: Update) -> Reference:
    return lambda case: _seen(case, run(case, update))


MISTAKES: dict[str, Reference] = {
    "the learning rate multiplies the whole velocity (v = momentum * v + g, parameter - learning rate * v), so that a "
    "new rate also rescales old gradients; asked is v = momentum * v - learning rate * g": lambda case: _seen(
        case, _torch(case, rate_in_gradient=False)
    ),
    "the learning rate is 1e-4, whatever is given": _mistake(_altered(lr=lambda s: 1e-4)),
    "the momentum is 0.9, whatever is given": _mistake(_altered(momentum=lambda s: 0.9)),
    "the regulariser is 1e-3, whatever is given": _mistake(_altered(reg=lambda s: 1e-3)),
    "the learning rate of the first update is used throughout": _mistake(_altered(lr=lambda s: s.first_lr)),
    "there is no momentum: every velocity starts from 0 at each update": _mistake(_altered(v=lambda s: 0 * s.v)),
    "only the last module keeps its velocity, the others start from 0 at each update": _mistake(
        _altered(v=lambda s: s.v * s.last)
    ),
    "the gradient enters the velocity with the factor 1 - momentum": _mistake(_share),
    "the velocity is subtracted instead of added": _mistake(_applied(lambda s, v: s.p - v)),
    "the learning rate is applied twice, to the gradient and to the velocity": _mistake(
        _applied(lambda s, v: s.p + s.lr * v)
    ),
    "the momentum is Nesterov's": _mistake(_applied(lambda s, v: s.p + s.momentum * v - s.lr * s.gradient)),
    "the regulariser is left out": _mistake(_altered(reg=lambda s: 0.0)),
    "the regulariser is applied twice": _mistake(_altered(reg=lambda s: 2 * s.reg)),
    "the regulariser is subtracted from the gradient instead of added": _mistake(_altered(reg=lambda s: -s.reg)),
    "the regulariser shrinks the weight directly instead of entering the gradient": _mistake(_decoupled),
    "the biases are regularised, too": _mistake(_altered(bias=lambda s: False)),
    "the biases are not updated": _mistake(lambda s: (s.p, s.v) if s.bias else rule(s)),
}


def _case(
    values: Palette,
    pattern: Sequence[str],
    shape: tuple[int, int, int],
    steps: int,
    rates: Rates,
    reg: float,
    momentum: float,
    *,
    reused: bool = False,
    between: bool = False,
    note: str = "",
) -> Case:
    n, o, k = shape
    arrays: dict[str, Array] = {}
    for i, kind in enumerate(pattern):
        if kind in PARAMETERISED:
            weight = (o, n, k, k) if kind == "Conv2D" else (n, o)
            arrays[f"weight{i}"], arrays[f"bias{i}"] = values(f"weight{i}", *weight), values(f"bias{i}", o)
            arrays[f"dw{i}"], arrays[f"db{i}"] = values(f"dw{i}", steps, *weight), values(f"db{i}", steps, o)
            # Sizes that start equal stay equal, as in a network of layers of one shape.
            n, o = o, o if n == o > 1 else n + 1
    options: dict[str, Option] = {"modules": tuple(pattern), "learning_rate": rates, "reg": reg, "momentum": momentum}
    return Case(arrays, options, {"gradients_reused": reused, "another_between": between}, note)


@st.composite
def sgd_cases(draw: DrawFn) -> Case:
    """Three to five steps of one to four modules with parameters; half of the cases change the learning rate."""
    n, o, k = draw(sizes((1, 3), (1, 3), (1, 2)))
    steps, pattern = draw(st.integers(3, 5)), draw(st.sampled_from(_PATTERNS))
    rate = st.sampled_from((0.5, 0.125, 0.25))
    first, rates = draw(rate), None
    if draw(st.booleans()):
        change, later = draw(st.integers(1, steps - 1)), draw(rate.filter(lambda other: other != first))
        rates = (first,) * change + (later,) * (steps - change)
    reg, momentum = draw(st.sampled_from((0.0, 0.25, 0.5))), draw(st.sampled_from((0.75, 0.25, 0.875)))
    values = draw(palettes("small", "normal"))
    reused, between = draw(st.booleans()), draw(st.booleans())
    return _case(values, pattern, (n, o, k), steps, rates or first, reg, momentum, reused=reused, between=between)


_normal, _shape = Palette("normal", 1), (2, 3, 2)

EXAMPLES = (
    _case(Palette(seed=2), _PATTERNS[0], (2, 3, 1), 3, 0.5, 0.25, 0.75, note="one module"),
    _case(_normal, _PATTERNS[2], _shape, 4, 0.25, 0.5, 0.75, note="modules without parameters in between"),
    _case(_normal, _PATTERNS[3], _shape, 3, 0.5, 0.25, 0.875, note="a module without parameters comes first"),
    _case(_normal, _PATTERNS[1], (3, 2, 1), 3, 0.5, 0.0, 0.75, note="no regulariser"),
    _case(_normal, _PATTERNS[1], (2, 2, 1), 3, 0.5, 0.25, 0.75, note="two modules of the same shape"),
    _case(_normal, _PATTERNS[4], _shape, 5, 0.125, 0.25, 0.25, note="four modules with parameters"),
    _case(
        _normal, _PATTERNS[1], _shape, 3, 0.25, 0.5, 0.75, reused=True, note="the arrays of the gradients are reused"
    ),
    _case(_normal, _PATTERNS[1], _shape, 3, 0.5, 0.25, 0.75, between=True, note="another optimizer is used in between"),
    _case(Palette("large", 3), _PATTERNS[2], _shape, 4, 1e-4, 1e-3, 0.9, note="the usual settings"),
    _case(Palette(seed=4), _PATTERNS[0], (1, 2, 1), 3, (0.5, 0.5, 0.125), 0.25, 0.75, note="the learning rate drops"),
    _case(_normal, _PATTERNS[2], _shape, 4, (0.125, 0.5, 0.5, 0.5), 0.5, 0.25, note="the learning rate rises"),
)

sgd = Operator("SGD", sgd_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES, upstream=())
