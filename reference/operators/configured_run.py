"""A training script that is run as a configuration says: network, data, loss, optimizer, learning rates, saved weights.

Outputs: ``learning rate`` (epochs,) at the start of each epoch; ``settings``, the batch size, the momentum and the
weight decay; ``class sizes`` (10,) of the training data and ``class weights`` (10,) of the loss, all 1 when it has
none; ``network`` and ``loss`` (1 when they are those of the configuration), ``best weights`` and ``file name``, where
other codes say what was seen instead. The data are balanced before they are made imbalanced.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from checker.operator import Array, Case, Operator, Option, Outputs, Reference
from reference.operators import class_weights
from reference.operators.training_behaviour import mistakes_of, one_of, ones

CLASSES, PER_CLASS, FACTOR = 10, 100, 0.01
CODES = ("network", "loss", "best weights", "file name")


def _number(case: Case, name: str) -> float:
    value = case.options[name]
    assert isinstance(value, int | float)
    return float(value)


def _factors(case: Case, fallen: tuple[float, float] = (0.1, 0.01), *, warm: bool = True) -> Array:
    """What the learning rate of each epoch is multiplied with."""
    given = case.options["steps"]
    assert isinstance(given, tuple)
    steps = [float(step) for step in given]
    epochs, warmup = np.arange(_number(case, "epochs")), _number(case, "warmup") if warm else 0.0
    falling = np.where(epochs >= steps[1], fallen[1], np.where(epochs >= steps[0], fallen[0], 1.0))
    return np.where(epochs < warmup, (epochs + 1) / max(warmup, 1.0), falling)


def _rates(case: Case, factors: Array) -> Outputs:
    return {"learning rate": _number(case, "learning_rate") * factors}


def _sizes(case: Case) -> Array:
    if case.options["imbalance"] == "regular":
        return np.full(CLASSES, PER_CLASS)
    return np.array([int(PER_CLASS * FACTOR ** (c / (CLASSES - 1))) for c in range(CLASSES)])


def _weighing(case: Case) -> Case:
    return Case({"counts": _sizes(case)}, {"beta": _number(case, "beta")})


def _weights(case: Case) -> Array:
    return class_weights.reference(_weighing(case))["weights"] if case.options["reweight"] else np.ones(CLASSES)


def _settings(case: Case) -> Array:
    return np.array([_number(case, name) for name in ("batch_size", "momentum", "reg")])


def reference(case: Case) -> Outputs:
    """The schedule and the formulas of the homework."""
    return {
        **_rates(case, _factors(case)),
        "settings": _settings(case),
        "class sizes": _sizes(case).astype(np.float64),
        "class weights": _weights(case),
        **ones(*CODES),
    }


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """A rate is multiplied and divided a few times; weights are those of ``reweight``, rounded once more."""
    weights = expected["class weights"]
    allowed = class_weights.bound(_weighing(case), {"weights": weights}, u)["weights"] + u * weights
    exact = {name: np.zeros(array.shape) for name, array in expected.items()}
    rates = 4 * u * np.abs(expected["learning rate"])
    return {**exact, "learning rate": rates, "class weights": allowed if case.options["reweight"] else 0 * weights}


def _case(network: str, note: str, **changed: Option) -> Case:
    options: dict[str, Option] = {
        "network": network,
        "batch_size": 8,
        "learning_rate": 0.01,
        "reg": 0.0005,
        "epochs": 4,
        "steps": (2, 3),
        "warmup": 0,
        "momentum": 0.9,
        "imbalance": "regular",
        "reweight": False,
        "beta": 0.9999,
        "loss_type": "CE",
    }
    return Case({}, {**options, **changed}, note=note)


EXAMPLES = (
    _case("TwoLayerNet", "balanced data"),
    _case("VanillaCNN", "a warm-up", warmup=2, epochs=5, steps=(3, 4), learning_rate=0.05, momentum=0.5, batch_size=6),
    _case("MyModel", "cross entropy with class weights", imbalance="imbalance", reweight=True, beta=0.99, reg=0.001),
    _case("ResNet-32", "focal loss", imbalance="imbalance", reweight=True, loss_type="Focal", epochs=3, steps=(1, 2)),
)


def _settings_without(place: int) -> Reference:
    return lambda case: {"settings": np.where(np.arange(3) == place, 0.0, _settings(case))}


def _if(option: str, value: Option, output: str, wrong: Array) -> Reference:
    """A fault that shows only in configurations of one kind."""
    return lambda case: {output: wrong} if case.options[option] == value else {}


MISTAKES: Mapping[str, Reference] = {
    **mistakes_of(
        {
            "network": {0.0: "it is not the network that the configuration names"},
            "loss": {
                2.0: "the configuration asks for cross entropy and gets something else",
                3.0: "the configuration asks for focal loss and gets something else",
            },
            "best weights": {
                0.0: "nothing is saved, although save_best is set",
                2.0: "the last weights are saved instead of the best (a state_dict that is kept has to be copied)",
                3.0: "the weights of the first epoch are saved, although a later one is better",
                4.0: "what is saved are no weights of the network after any epoch",
                5.0: "the weights of an epoch are saved that is not the best",
                6.0: "the epoch that is best on the training pictures is saved: ask the validation pictures",
            },
            "file name": {
                0.0: "nothing is saved",
                2.0: "the weights belong in checkpoints/<the network's name in lower case>.pth",
            },
        }
    ),
    "the learning rate never changes: it is a tenth from steps[0] on, a hundredth from steps[1] on": lambda case: (
        _rates(case, _factors(case, (1.0, 1.0), warm=False))
    ),
    "the learning rate never falls to a hundredth: that is for the epochs from steps[1] on": lambda case: _rates(
        case, _factors(case, (0.1, 0.1))
    ),
    "the warm-up is left out": lambda case: _rates(case, _factors(case, warm=False)),
    "the optimizer is without momentum": _settings_without(1),
    "the optimizer is without weight decay (reg)": _settings_without(2),
    "the data are balanced although the configuration says imbalance": _if(
        "imbalance", "imbalance", "class sizes", np.full(CLASSES, float(PER_CLASS))
    ),
    "class weights are left out although the configuration says reweight": _if(
        "reweight", True, "class weights", np.ones(CLASSES)
    ),
}

configured_run = Operator("main.py", one_of(*EXAMPLES), reference, bound, mistakes=MISTAKES, upstream=())
