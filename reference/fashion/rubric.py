"""Neural nets on Fashion-MNIST: tasks and points. Part 1 has 40 points, part 2 has 60.

An autoencoder is extra credit: 10 points on top of the 100. Training is graded on the small set that comes with the
project, divided by ``checker.datasets.parts``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from checker.assignment import Assignment, Rule, Section, Task
from checker.datasets.parts import PARTS, divide
from checker.datasets.small import small
from checker.operator import Array, Case, Operator
from checker.rules import no_prints, provided_unchanged, required_files
from checker.sandbox.limits import Limits
from checker.scale import Scale
from reference.operators.autoencoder import autoencoder_network
from reference.operators.fitting_behaviour import fitting, fitting_any_set
from reference.operators.held_out import held_out_accuracy, held_out_error
from reference.operators.saved_network import with_saved
from reference.operators.training_behaviour import classifier_network, training_steps

# The homework asks for accuracies of 0.85 and 0.73 and an error of 0.03, with 7,500 images. The small set is a third of
# that for part 2 and has 300 and 500 hidden images, so that luck weighs more. On it, over torch seeds 0 to 7:
#
#                 part 1            part 2            extra credit
#   solved        0.980 to 0.987    0.780 to 0.804    0.0118 to 0.0288
#   naive         0.973 to 0.987    0.746 to 0.778    0.0225 to 0.0255
#   other-text    0.980 to 0.983    0.762 to 0.800    0.0067 to 0.0074
#
# (`python -m tests.reference.fashion.measure FOLDER`). Part 2 asks for 0.1 less than the worst of them, extra credit
# allows half as much again. Bugs that cost accuracy reach 0.71 at most in part 1 and 0.50 in part 2.
ENOUGH = {1: Scale("accuracy", full=0.85, none=0.6), 2: Scale("accuracy", full=0.65, none=0.4)}
SMALL_ERROR = Scale("mean squared error", full=0.045, none=0.08)
# A network as large as people like takes a minute of computing for its 100 steps, and waits for others meanwhile.
LIMITS = Limits(memory=8 << 30, import_seconds=120, case_seconds=300, task_seconds=600)
MOST_PARAMETERS = 500_000
PROVIDED = ("reader.py", "mp6.py")


def _case(part: str, classes: int, n_iter: int) -> Case:
    """Training images with their labels, and hidden images without."""
    division = divide(small("fashion-mnist"), PARTS[part])
    arrays: dict[str, Array] = {
        "x": division.train.images.reshape(len(division.train), -1),
        "labels": division.train.labels,
        "test": division.hidden.images.reshape(len(division.hidden), -1),
    }
    if not classes:
        del arrays["labels"]
    hidden = {"labels": np.asarray(division.hidden.labels)}
    return Case(arrays, {"classes": classes, "n_iter": n_iter}, {"seed": 3}, hidden=hidden)


def _section(
    number: int,
    title: str,
    file: str,
    network: Operator,
    classes: int,
    points: Mapping[str, Mapping[str, float]],
    measured: Callable[[Callable[[], Case]], Operator],
    measure: str,
    scale: Scale,
) -> Section:
    """One file's tasks: the network, its steps, its training, and what that is worth."""
    id_ = f"p{number}"
    part, n_iter = ("part1", 50) if number == 1 else ("part2", 100)
    held_out = with_saved(measured(partial(_case, part, classes, n_iter)), measure, less=scale.full < scale.none)
    saved = f"saved {measure}"
    methods = ("NeuralNet.__init__", "NeuralNet.forward", "NeuralNet.get_parameters")
    tasks = (
        Task(
            f"{id_}.network",
            "The network",
            "network" if classes else "autoencoder",
            network,
            points["network"],
            methods,
        ),
        Task(
            f"{id_}.step", "One step of training", "step", training_steps(classes), points["step"], ("NeuralNet.step",)
        ),
        Task(f"{id_}.fit", "Training", "fit", fitting(classes), points["fit"], ("fit",)),
        Task(f"{id_}.sets", "Training on sets of any size", "sets", fitting_any_set(classes), points["sets"], ("fit",)),
        Task(
            f"{id_}.{measure}",
            f"Held-out images after {n_iter} steps",
            "held_out",
            held_out,
            points["measured"],
            ("fit",),
            scales={measure: scale},
        ),
        Task(
            f"{id_}.saved",
            "The network that is handed in",
            "held_out",
            held_out,
            points["saved"],
            ("fit",),
            scales={saved: replace(scale, name=f"{scale.name} of the saved network")},
        ),
    )
    rules = (
        Rule(f"{id_}.prints", "Nothing is printed", no_prints, "note"),
        Rule(f"{id_}.model", "The trained network is handed in", required_files(f"net_{id_}.model"), "note"),
        Rule(f"{id_}.provided", "Provided files are unchanged", provided_unchanged, "note"),
    )
    return Section(
        id_,
        title,
        (file,),
        tasks,
        packages=("numpy", "torch"),
        driver="torch_driver",
        provided=PROVIDED,
        attachments=(f"net_{id_}.model",),
        extra_credit=not classes,
        rules=rules,
        limits=LIMITS,
    )


PART1 = _section(
    1,
    "Part 1: a fully connected network",
    "neuralnet_p1.py",
    classifier_network(3, hidden=128),
    3,
    {
        "network": {
            "shape": 2.0,
            "activation": 2.0,
            "parameters": 2.5,
            "unused": 1.0,
            "evaluation": 0.5,
            "signature": 0.5,
            "get_parameters": 1.0,
            "saving": 0.5,
        },
        "step": {
            "number": 1.0,
            "loss": 2.0,
            "update": 3.0,
            "all layers": 1.0,
            "cleared": 2.0,
            "optimizer": 0.5,
            "lrate": 0.5,
        },
        "fit": {
            "losses": 1.0,
            "steps": 2.0,
            "batch size": 1.0,
            "labels": 1.0,
            "new batches": 0.5,
            "DataLoader": 0.5,
            "form": 1.0,
            "evaluation": 0.5,
            "network": 0.5,
        },
        "sets": {"uneven batches": 0.5, "small training set": 0.5, "few rows": 0.5, "constant pixels": 0.5},
        "measured": {"accuracy": 8.0},
        "saved": {"saved": 0.5, "same layers": 0.5, "saved accuracy": 1.0},
    },
    held_out_accuracy,
    "accuracy",
    ENOUGH[1],
)

PART2 = _section(
    2,
    "Part 2: a modern network",
    "neuralnet_p2.py",
    classifier_network(5, most=MOST_PARAMETERS),
    5,
    {
        "network": {
            "shape": 2.0,
            "activation": 3.0,
            "parameters": 3.0,
            "unused": 1.0,
            "evaluation": 1.0,
            "signature": 0.5,
            "get_parameters": 1.0,
            "saving": 0.5,
        },
        "step": {
            "number": 1.0,
            "loss": 3.0,
            "update": 3.0,
            "all layers": 1.0,
            "cleared": 2.0,
            "optimizer": 1.0,
            "lrate": 1.0,
        },
        "fit": {
            "losses": 1.0,
            "steps": 2.0,
            "batch size": 1.5,
            "labels": 1.5,
            "new batches": 1.0,
            "DataLoader": 1.0,
            "form": 1.0,
            "evaluation": 1.0,
            "network": 1.0,
        },
        "sets": {"uneven batches": 1.0, "small training set": 1.0, "few rows": 2.0, "constant pixels": 1.0},
        "measured": {"accuracy": 16.0},
        "saved": {"saved": 1.0, "same layers": 1.0, "saved accuracy": 2.0},
    },
    held_out_accuracy,
    "accuracy",
    ENOUGH[2],
)

PART3 = _section(
    3,
    "Extra credit: an autoencoder",
    "neuralnet_p3.py",
    autoencoder_network(),
    0,
    {
        "network": {
            "shape": 0.25,
            "encoder and decoder": 0.5,
            "image shape": 0.25,
            "bottleneck": 0.5,
            "code size": 0.0,
            "unused": 0.25,
            "signature": 0.25,
            "get_parameters": 0.25,
            "saving": 0.0,
            "range": 0.75,
        },
        "step": {
            "number": 0.25,
            "loss": 0.5,
            "update": 0.5,
            "all layers": 0.25,
            "cleared": 0.25,
            "optimizer": 0.0,
            "lrate": 0.25,
        },
        "fit": {
            "losses": 0.25,
            "steps": 0.5,
            "batch size": 0.25,
            "new batches": 0.25,
            "DataLoader": 0.25,
            "form": 0.25,
            "evaluation": 0.0,
            "network": 0.25,
        },
        "sets": {"uneven batches": 0.25, "small training set": 0.25, "few rows": 0.25, "constant pixels": 0.25},
        "measured": {"mse": 1.5},
        "saved": {"saved": 0.25, "same layers": 0.0, "saved mse": 0.25},
    },
    held_out_error,
    "mse",
    SMALL_ERROR,
)

ASSIGNMENT = Assignment("fashion", "Neural nets on Fashion-MNIST", (PART1, PART2, PART3))
