"""What the command line of a training script has to change, seen from outside: the flags as an operator.

There is no counterpart in torch: what is expected are the flags themselves. The driver runs the script on a small data
set and yields what it saw: the sizes and slope that the network was made with, the rows of each batch that was learned
from, the number of updates, and how many updates lie between two evaluations on the test set. For the first updates it
yields some entries of all parameters before and after, and of the gradient between; the learning rate is the median of
(before - after) / gradient, and with it plain gradient descent has to explain every entry.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import FLOAT32, TINY, K, exact, gamma
from checker.cases import sizes
from checker.operator import Array, Case, Operator, Option, Outputs, Reference

DEFAULTS: dict[str, tuple[float, ...] | float] = {
    "dnn_hidden_units": (100.0,),
    "learning_rate": 2e-3,
    "max_steps": 1500.0,
    "batch_size": 200.0,
    "eval_freq": 100.0,
    "neg_slope": 0.02,
}


def _case(hidden: tuple[int, ...], rate: float, every: int, rows: int, slope: float, seed: int, note: str = "") -> Case:
    flags: dict[str, Option] = {
        "dnn_hidden_units": ",".join(map(str, hidden)),
        "learning_rate": rate,
        # Two evaluations in the middle, whether they come before or after an update, and whatever happens at the ends.
        "max_steps": 2 * every + 3,
        "batch_size": rows,
        "eval_freq": every,
        "data_dir": f"cifar10-{seed}",
        "neg_slope": slope,
    }
    return Case({}, flags, {"seed": seed}, note)


@st.composite
def flags_cases(draw: DrawFn) -> Case:
    """Up to two hidden layers, a few steps, small batches; learning rate 0 now and then."""
    depth = draw(st.sampled_from((1, 2, 0)))
    hidden = draw(sizes(*[(2, 6)] * depth)) if depth else ()
    return _case(
        hidden,
        draw(st.sampled_from((1e-3, 2.5e-4, 0.0))),
        draw(st.integers(3, 5)),
        draw(st.integers(2, 8)),
        draw(st.sampled_from((0.25, 0.5, 0.0, 1.5))),
        draw(st.integers(0, 999)),
    )


EXAMPLES = (
    _case((), 1e-3, 3, 4, 0.25, 1, "no hidden layer"),
    _case((5, 3), 5e-4, 4, 6, 0.5, 2, "two hidden layers"),
    _case((4,), 0.0, 3, 5, 0.25, 3, "learning rate 0"),
)


def _hidden(case: Case) -> Array:
    return np.array([float(n) for n in str(case.options["dnn_hidden_units"]).split(",") if n])


def _number(case: Case, flag: str) -> float:
    value = case.options[flag]
    assert isinstance(value, int | float)
    return float(value)


def reference(case: Case) -> Outputs:
    """The flags; one update at least must be seen. Where scripts trip over "no hidden units", only that is judged."""
    if not _hidden(case).size:
        return {"dnn_hidden_units": _hidden(case)}
    return {
        "dnn_hidden_units": _hidden(case),
        "neg_slope": np.asarray(_number(case, "neg_slope")),
        "data_dir": np.asarray(1.0),
        "learning_rate": np.asarray(_number(case, "learning_rate")),
        "update[0]": np.zeros(1),
        "batch_size": np.asarray(_number(case, "batch_size")),
        "max_steps": np.asarray(_number(case, "max_steps")),
        "eval_freq": np.asarray(_number(case, "eval_freq")),
        "batch_size[pictures]": np.asarray(1.0),
        "new_batches": np.asarray(1.0),
    }


def derive(case: Case, got: Mapping[str, Array]) -> tuple[Outputs, Outputs]:
    """The updates that plain gradient descent makes of what was seen, and how exactly the learning rate can be seen."""
    expected: Outputs = {}
    allowed: Outputs = {}
    rate = got.get("learning_rate", np.zeros(0))
    if not _hidden(case).size or rate.shape != () or not np.isfinite(rate):
        return expected, allowed
    for k in range(sum(name.startswith("update[") for name in got)):
        before, gradient = got.get(f"before[{k}]"), got.get(f"gradient[{k}]")
        if before is None or gradient is None or before.shape != gradient.shape or not gradient.any():
            break
        error = K * gamma(3, FLOAT32) * (np.abs(before) + np.abs(rate * gradient))
        clear = np.abs(gradient) >= np.abs(gradient).max() / 4
        blur = float((error[clear] / np.abs(gradient[clear])).max())
        if k == 0:
            allowed["learning_rate"] = np.asarray(blur + TINY)
        expected[f"update[{k}]"] = before - rate * gradient
        allowed[f"update[{k}]"] = error + blur * np.abs(gradient) + TINY
    return expected, allowed


def _as_default(flag: str) -> Reference:
    return lambda case: {flag: np.asarray(DEFAULTS[flag], dtype=np.float64)}


def _pictures(code: float) -> Reference:
    return lambda case: {name: np.asarray(code) for name in ("batch_size[pictures]", "new_batches")}


MISTAKES: dict[str, Reference] = {
    "--learning_rate is ignored: it is 0.002, the default": _as_default("learning_rate"),
    "the update goes up the gradient instead of down": lambda case: {
        "learning_rate": np.asarray(-_number(case, "learning_rate"))
    },
    "--dnn_hidden_units is ignored: it is 100, the default": _as_default("dnn_hidden_units"),
    "--neg_slope is ignored: it is 0.02, the default": _as_default("neg_slope"),
    "--batch_size is ignored: it is 200, the default": _as_default("batch_size"),
    "one more update is made than --max_steps asks for": lambda case: {
        "max_steps": np.asarray(_number(case, "max_steps") + 1)
    },
    "one update less is made than --max_steps asks for": lambda case: {
        "max_steps": np.asarray(_number(case, "max_steps") - 1)
    },
    "the test set is used after every update instead of every --eval_freq updates": lambda case: {
        "eval_freq": np.asarray(1.0)
    },
    "the test set is never used twice in the middle of training": lambda case: {"eval_freq": np.asarray(0.0)},
    "only a part of the test set is used in the middle of training, not the whole set": lambda case: {
        "eval_freq": np.asarray(-1.0)
    },
    "updates use the same pictures again: draw new ones in every step": _pictures(0.0),
    "the network learns from pictures of the test set": _pictures(2.0),
    "--data_dir is ignored": lambda case: {"data_dir": np.asarray(0.0)},
}

flags = Operator(
    "Flags", flags_cases(), reference, exact, examples=EXAMPLES, mistakes=MISTAKES, upstream=(), derive=derive
)
