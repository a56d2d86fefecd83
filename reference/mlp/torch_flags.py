"""What the PyTorch training scripts have to do, seen from outside: flags and behaviour as operators.

There is no counterpart in torch: what is expected are the flags themselves, and codes (1 is as asked). The driver runs
a script on a small data set and yields what it saw. Optimizers are the student's choice, so ``learning_rate`` is a
code: the first update of a second run, with a smaller rate, has to be smaller in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from checker.bounds import exact
from checker.operator import Array, Case, Operator, Option, Outputs, Reference
from reference.operators.held_out import held_out_accuracy
from reference.operators.training_behaviour import mistakes_of, one_of, ones

MLP_DEFAULTS: dict[str, tuple[float, ...] | float] = {
    "dnn_hidden_units": (100.0,),
    "max_steps": 1500.0,
    "batch_size": 200.0,
    "eval_freq": 100.0,
    "neg_slope": 0.02,
}
CONVNET_DEFAULTS: dict[str, tuple[float, ...] | float] = {"max_steps": 5000.0, "batch_size": 32.0, "eval_freq": 500.0}

BEHAVIOUR = ("cleared", "training set", "training mode", "evaluation mode", "without gradients", "data_dir")


def _case(
    rate: float, every: int, rows: int, seed: int, pictures: tuple[int, int, int], note: str, **more: Option
) -> Case:
    """Two evaluations in the middle, whether they come before or after an update, and whatever happens at the ends.

    ``pictures`` are those to train on, to test on, and to test on should there be too few.
    """
    flags: dict[str, Option] = {
        "learning_rate": rate,
        "max_steps": 2 * every + 3,
        "batch_size": rows,
        "eval_freq": every,
        "data_dir": f"cifar10-{seed}",
        **more,
    }
    return Case({}, flags, dict(zip(("train", "test", "many"), pictures, strict=True)) | {"seed": seed}, note)


def _mlp_case(hidden: str, rate: float, every: int, rows: int, slope: float, seed: int, note: str = "") -> Case:
    more: dict[str, Option] = {"dnn_hidden_units": hidden, "neg_slope": slope}
    return _case(rate, every, rows, seed, (230, 100, 100), note, **more)


MLP_EXAMPLES = (
    _mlp_case("", 2.0**-9, 3, 4, 0.25, 1, "no hidden layer"),
    _mlp_case("5,3", 2.0**-10, 4, 6, 0.5, 2, "two hidden layers"),
)
MLP_CASES = (
    _mlp_case("4", 2.0**-9, 3, 5, 0.25, 3),
    _mlp_case("7", 2.0**-10, 5, 3, 0.0, 4),
    _mlp_case("3,6", 2.0**-9, 3, 7, 1.5, 5),
)
# Their network is large: few pictures do.
CONVNET_CASE = _case(2.0**-12, 3, 3, 6, (90, 5, 64), "few pictures")


def _number(case: Case, flag: str) -> float:
    value = case.options[flag]
    assert isinstance(value, int | float)
    return float(value)


def _counts(case: Case) -> Outputs:
    return {flag: np.asarray(_number(case, flag)) for flag in ("max_steps", "batch_size", "eval_freq")}


def _mlp_reference(case: Case) -> Outputs:
    """Where scripts trip over "no hidden units", only that is judged."""
    hidden: Array = np.array([float(n) for n in str(case.options["dnn_hidden_units"]).split(",") if n])
    if not hidden.size:
        return {"dnn_hidden_units": hidden}
    slope = np.asarray(_number(case, "neg_slope"))
    return {"dnn_hidden_units": hidden, "neg_slope": slope, **_counts(case), **ones("learning_rate", *BEHAVIOUR)}


def _convnet_reference(case: Case) -> Outputs:
    return {**_counts(case), **ones("learning_rate", "optimizer", *BEHAVIOUR)}


def _as_default(flag: str, value: tuple[float, ...] | float) -> Reference:
    return lambda case: {flag: np.asarray(value, dtype=np.float64)}


def _other_count(flag: str, change: Callable[[float], float]) -> Reference:
    return lambda case: {flag: np.asarray(change(_number(case, flag)))}


def _mistakes(defaults: Mapping[str, tuple[float, ...] | float]) -> dict[str, Reference]:
    ignored = {
        f"--{flag} is ignored: it is {_text(value)}, the default": _as_default(flag, value)
        for flag, value in defaults.items()
    }
    return {
        **ignored,
        "one more update is made than --max_steps asks for": _other_count("max_steps", lambda n: n + 1),
        "one update less is made than --max_steps asks for": _other_count("max_steps", lambda n: n - 1),
        "updates go on far beyond --max_steps": _other_count("max_steps", lambda n: 3 * n + 1),
        **mistakes_of(
            {
                "max_steps": {0.0: "no parameter is ever updated: optimizer.step() is missing"},
                "batch_size": {0.0: "every update learns from the same pictures: draw new ones in each step"},
                "eval_freq": {
                    -1.0: "only a part of the test set is used in the middle of training, not the whole set",
                    0.0: "the test set is never used twice in the middle of training",
                    1.0: "the test set is used after every update instead of every --eval_freq updates",
                },
                "learning_rate": {
                    -1.0: "the first update moves nothing",
                    0.0: "--learning_rate is ignored: updates are as large with another one",
                    2.0: "updates do not go with --learning_rate",
                },
                "optimizer": {0.0: "the optimizer is not Adam: torch.optim.Adam"},
                "cleared": {
                    0.0: "gradients of earlier steps are added up: optimizer.zero_grad() belongs into every step"
                },
                "training set": {0.0: "the network learns from pictures of the test set"},
                "training mode": {0.0: "the network learns in evaluation mode: model.train() is missing after a test"},
                "evaluation mode": {
                    0.0: "the network is tested in training mode: model.eval() belongs before the test, and "
                    "model.train() after it"
                },
                "without gradients": {0.0: "gradients are recorded while testing: torch.no_grad() is missing"},
                "data_dir": {0.0: "--data_dir is ignored"},
            }
        ),
    }


def _text(value: tuple[float, ...] | float) -> str:
    return ",".join(f"{n:g}" for n in value) if isinstance(value, tuple) else f"{value:g}"


mlp_flags = Operator(
    "Training of the MLP",
    one_of(*MLP_CASES),
    _mlp_reference,
    exact,
    examples=MLP_EXAMPLES,
    mistakes=_mistakes(MLP_DEFAULTS),
    upstream=(),
)
convnet_flags = Operator(
    "Training of the ConvNet",
    one_of(CONVNET_CASE),
    _convnet_reference,
    exact,
    mistakes=_mistakes(CONVNET_DEFAULTS),
    upstream=(),
)


def trained(case: Callable[[], Case]) -> Operator:
    """What a script's network is worth; ``case`` has pictures ``x``, ``labels``, ``test``, and hidden labels."""
    measured = held_out_accuracy(case)
    return Operator(
        measured.name,
        measured.cases,
        lambda case: ones("loss"),
        exact,
        mistakes=mistakes_of(
            {
                "loss": {
                    0.0: "the loss does not fall while the network is trained",
                    2.0: "the loss becomes inf or nan while the network is trained",
                }
            }
        ),
        upstream=(),
        measure=measured.measure,
        metrics=measured.metrics,
    )
