"""Batch normalisation of x (N, C) in a torch module or function of the student's own, without running statistics.

Conventions: gamma and beta (C,), biased variance (divided by N), epsilon inside the square root. A batch of one sample
is allowed: there, y is beta. Such cases are a group of their own, ``of one sample``.

What modules and functions have to do besides is expected as numbers: see ``module_reference`` and
``function_reference``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import cast

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checker.cases import Palette, float32, palettes, sizes
from checker.operator import Array, Bound, Case, Operator, Outputs, Reference
from reference.operators import norm
from reference.operators.autograd import autograd

ONE_SAMPLE = "of one sample"
MASKS = tuple(product((True, False), repeat=3))[:-1]
"""Which of x, gamma and beta require a gradient; where none does, backward is never called."""

EPS = (1e-5, 1e-2, 1.0)
WRONG_SHAPES = 5


def forward(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float) -> torch.Tensor:
    """The formula; ``torch.nn.functional.batch_norm`` refuses one sample."""
    mean, var = x.mean(0), x.var(0, correction=0)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


values = autograd(forward, ("x", "gamma", "beta"))


def _case(
    palette: Palette, n: int, c: int, eps: float, *, given: bool = True, used: bool = False, note: str = ""
) -> Case:
    """``given`` says whether epsilon is handed over or left to its default."""
    if palette.mode == "small":
        x, signs = palette("x", n, c), palette.rng("gamma").choice((-3.0, -2.0, 2.0, 3.0), (2, c))
        gamma, beta = signs
    else:
        # Deviations between 0.003 and 10, so that each epsilon matters somewhere.
        rng = palette.rng("x")
        scale = 10 ** rng.uniform(-2.5, 1, c)
        x = float32(scale * (rng.standard_normal((n, c)) + rng.uniform(-3, 3, c)))
        signs = palette.rng("gamma").choice((-1.0, 1.0), (2, c))
        gamma, beta = float32(signs * palette.rng("beta").uniform(0.5, 2.5, (2, c)))
    arrays = {"x": x, "gamma": gamma, "beta": beta, "dy": palette.upstream("dy", n, c)}
    protocol = {"eps_given": given or eps != EPS[0], "used_before": used, "gradcheck": False}
    return Case(arrays, {"eps": eps}, protocol, note, ONE_SAMPLE if n == 1 else "")


@st.composite
def batch_normalisation_cases(draw: DrawFn) -> Case:
    """N up to 8, C up to 5."""
    n, c = draw(sizes((2, 8), (1, 5)))
    palette = draw(palettes("small", "normal"))
    return _case(palette, n, c, draw(st.sampled_from(EPS)), given=draw(st.booleans()), used=draw(st.booleans()))


def _plain(case: Case) -> Case:
    """With deviations near 1, where finite differences are exact enough, and epsilon handed over."""
    n, c = case.arrays["x"].shape
    rng = np.random.default_rng(n * c)
    protocol = {**case.protocol, "gradcheck": True}
    return replace(case.with_arrays(x=float32(rng.standard_normal((n, c)) + np.arange(c))), protocol=protocol)


EXAMPLES = (
    _case(Palette("normal", 1), 6, 4, 1e-5, given=False, note="epsilon by default"),
    _case(Palette("normal", 2), 5, 3, 1e-2, note="epsilon 0.01"),
    _case(Palette(seed=3), 4, 5, 1.0, note="epsilon 1"),
    _case(Palette("normal", 4), 2, 3, 1.0, note="a batch of two"),
    _case(Palette("normal", 5), 5, 3, 1e-2, used=True, note="another batch went before"),
    _case(Palette(seed=6), 1, 3, 1e-2, note="a single sample"),
    _case(Palette("normal", 7), 1, 4, 1.0, note="a single sample"),
    _case(Palette(seed=8), 4, 3, 1e-2, note="zero upstream gradient").with_arrays(dy=np.zeros((4, 3))),
    _plain(_case(Palette("normal", 9), 4, 3, 1e-2, note="checked with finite differences")),
    _plain(_case(Palette("normal", 10), 3, 2, 1e-5, note="checked with finite differences")),
)


def as_layer(case: Case) -> Case:
    """The same as one training step of ``norm.batchnorm1d``."""
    arrays = case.arrays
    c = arrays["gamma"].size
    steps = {"x0": arrays["x"], "dy0": arrays["dy"], "gamma": arrays["gamma"], "beta": arrays["beta"]}
    return Case({**steps, "r_mean": np.zeros(c), "r_var": np.ones(c)}, {**case.options, "momentum": 0.9})


def _from_layer(outputs: Outputs) -> Outputs:
    named = {"train[0]": "y"} | {f"{name}.grad[0]": f"{name}.grad" for name in ("x", "gamma", "beta")}
    return {named[name]: array for name, array in outputs.items() if name in named}


def _bound(case: Case, u: float) -> Outputs:
    expected = values(case)
    layer = as_layer(case)
    statistics = {"r_mean[0]": case.arrays["x"].mean(0), "r_var[0]": case.arrays["x"].var(0)}
    return {name: array for name, array in _from_layer(norm.bound(layer, statistics, u)).items() if name in expected}


def _by_mask(outputs: Outputs) -> Outputs:
    """The gradients once for every mask that asks for them."""
    made = {name: array for name, array in outputs.items() if not name.endswith(".grad")}
    for position, name in enumerate(("x.grad", "gamma.grad", "beta.grad")):
        if name in outputs:
            made |= {f"{name}[{k}]": outputs[name] for k, mask in enumerate(MASKS) if mask[position]}
    return made


def module_reference(case: Case) -> Outputs:
    """Initial gamma and beta, two ``registered`` parameters, which of five wrong ``shapes`` are refused; then values.

    The shapes are (N, C + 1), (N, 1), (C,), (N, C, C) and (N, C, 1), and all are refused. That is asked where C > 1.
    """
    if case.group:
        return {"y": values(case)["y"]}
    c = case.arrays["gamma"].size
    form = {"registered": np.asarray(2.0), "gamma": np.ones(c), "beta": np.zeros(c)}
    return form | ({"shapes": np.ones(WRONG_SHAPES)} if c > 1 else {}) | values(case)


def module_bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Only values have an error."""
    return {name: np.zeros_like(array) for name, array in expected.items()} | (
        {"y": _bound(case, u)["y"]} if case.group else _bound(case, u)
    )


def calling_reference(case: Case) -> Outputs:
    """A module that must call the student's function: 1 where that is found in the graph."""
    return module_reference(case) | ({} if case.group else {"function": np.asarray(1.0)})


def function_reference(case: Case) -> Outputs:
    """Values under every mask; where backward gives None (1 for None); tensors of full size saved; tensors on ctx."""
    if case.group:
        return {"y": values(case)["y"]}
    made = _by_mask(values(case))
    made["unneeded"] = np.array([[0.0 if needed else 1.0 for needed in mask] for mask in MASKS])
    made |= {"saved": np.asarray(1.0), "context": np.asarray(0.0)}
    return made | ({"gradcheck": np.asarray(1.0)} if case.protocol["gradcheck"] else {})


def function_bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Only values have an error."""
    return {name: np.zeros_like(array) for name, array in expected.items()} | (
        {"y": _bound(case, u)["y"]} if case.group else _by_mask(_bound(case, u))
    )


def _known(mistake: Reference) -> Reference:
    """A mistake of ``norm.batchnorm1d``; torch, which some of them ask, refuses one sample, and only y counts there."""
    forwards = "train[0]" in mistake(as_layer(EXAMPLES[0]))

    def predicted(case: Case) -> Outputs:
        if not case.group:
            return _from_layer(mistake(as_layer(case)))
        return {"y": _from_layer(mistake(as_layer(case)))["y"]} if forwards else {}

    return predicted


def _with(change: Callable[[Case], tuple[Array, Array]], *outputs: str) -> Reference:
    """Normalisation with another mean and deviation; of gradients only those of gamma, which hang on y alone."""

    def mistake(case: Case) -> Outputs:
        mean, deviation = change(case)
        with np.errstate(all="ignore"):
            normal = (case.arrays["x"] - mean) / deviation
        y = case.arrays["gamma"] * normal + case.arrays["beta"]
        made = {"y": y, "gamma.grad": (case.arrays["dy"] * normal).sum(0)}
        return {name: made[name] for name in outputs or made}

    return mistake


def _eps(case: Case) -> float:
    return cast(float, case.options["eps"])


def _running(case: Case, share: float) -> tuple[Array, Array]:
    """Running mean 0 and variance 1, and then what each batch makes of them; the driver's earlier one comes first."""
    x = case.arrays["x"]
    mean, var = np.zeros(x.shape[1]), np.ones(x.shape[1])
    for batch in [2 * x[:2] + 1] * bool(case.protocol["used_before"]) + [x]:
        mean = (1 - share) * mean + share * batch.mean(0)
        with np.errstate(all="ignore"):
            var = (1 - share) * var + (share * batch.var(0) * len(batch) / (len(batch) - 1) if share else 0)
    return mean, np.sqrt(var + _eps(case))


def _bessel(case: Case) -> Outputs:
    if case.group:
        return {"y": np.full_like(case.arrays["x"], np.nan)}
    return _known(norm.MISTAKES["the variance in the normalisation is divided by N - 1"])(case)


KNOWN = {
    name: _known(mistake)
    for name, mistake in norm.MISTAKES.items()
    if not any(word in name for word in ("running", "evaluation", "momentum", "divided by N - 1"))
}


def _there(mistake: Reference) -> Reference:
    """Of one sample, y alone is asked."""
    return lambda case: {name: y for name, y in mistake(case).items() if name == "y" or not case.group}


_VALUES: dict[str, Reference] = {
    "the variance is divided by N - 1: torch.var does so unless unbiased=False": _bessel,
    "running statistics normalise, as they are at the start": _with(lambda case: _running(case, 0.0)),
    "running statistics normalise, updated with a momentum of 0.1": _with(lambda case: _running(case, 0.1)),
    **KNOWN,
}
VALUES = {name: _there(mistake) for name, mistake in _VALUES.items()}


CHECKED: dict[tuple[int, ...], str] = {
    (1, 0, 0, 0, 0): "the shape of the input is not checked",
    (1, 0, 1, 1, 1): "only the number of axes is checked, not the number of neurons",
    (1, 1, 1, 0, 0): "only the second axis is checked, not that there are two",
    (1, 1, 0, 0, 1): "only the last axis is checked, not that there are two",
}


def _accepted(refused: tuple[int, ...]) -> str:
    shapes = zip(("(N, C + 1)", "(N, 1)", "(C,)", "(N, C, C)", "(N, C, 1)"), refused, strict=True)
    return CHECKED.get(refused, f"nothing is raised for {' and '.join(shape for shape, right in shapes if not right)}")


def _refused(*shapes: int) -> Reference:
    return lambda case: {"shapes": np.array(shapes, float)} if case.arrays["gamma"].size > 1 and not case.group else {}


def _ungrouped(output: str, value: Callable[[Case], Array | float]) -> Reference:
    return lambda case: {} if case.group else {output: np.asarray(value(case), dtype=np.float64)}


def _number(output: str, value: float) -> Reference:
    return _ungrouped(output, lambda case: value)


FORM: dict[str, Reference] = {
    "gamma and beta are not registered: wrap them in nn.Parameter": _number("registered", 0),
    "only one of gamma and beta is registered: wrap both in nn.Parameter": _number("registered", 1),
    **{_accepted(refused): _refused(*refused) for refused in product((1, 0), repeat=WRONG_SHAPES) if 0 in refused},
}

CALLING: dict[str, Reference] = {"the module does not call CustomBatchNormManualFunction.apply": _number("function", 0)}

FUNCTION: dict[str, Reference] = {
    "backward's gradients are not those of its own forward: torch.autograd.gradcheck fails": lambda case: (
        {"gradcheck": np.array(0.0)} if case.protocol["gradcheck"] else {}
    ),
    "gradients are computed that nobody needs: ask ctx.needs_input_grad and return None": _ungrouped(
        "unneeded", lambda case: np.zeros((len(MASKS), 3))
    ),
    **{
        f"{number} tensors of the size of the input are saved, one is enough": _number("saved", count)
        for number, count in (("two", 2), ("three", 3), ("four", 4))
    },
    **{
        f"{number} kept as attributes of ctx: use ctx.save_for_backward": _number("context", count)
        for count, number in enumerate(("a tensor is", "two tensors are", "three tensors are", "four tensors are"), 1)
    },
}


def _every_mask(mistake: Reference) -> Reference:
    return lambda case: _by_mask(mistake(case))


def _operator(name: str, reference: Reference, bound: Bound, mistakes: dict[str, Reference]) -> Operator:
    cases: SearchStrategy[Case] = batch_normalisation_cases()
    return Operator(name, cases, reference, bound, examples=EXAMPLES, mistakes=mistakes)


batch_normalisation = _operator("BatchNorm", module_reference, module_bound, {**VALUES, **FORM})
batch_normalisation_calling = _operator(
    "BatchNorm module", calling_reference, module_bound, {**VALUES, **FORM, **CALLING}
)
batch_normalisation_function = _operator(
    "BatchNorm function",
    function_reference,
    function_bound,
    {**{name: _every_mask(mistake) for name, mistake in VALUES.items()}, **FUNCTION},
)
