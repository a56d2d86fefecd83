"""The training run of part 1: the student's layers, network and optimizer with the provided trainer.

``train.py`` asks for 50 pictures of CIFAR-10 and ten epochs, which takes layers made of loops an hour. Here there are
fewer and smaller pictures of the small set, a smaller network, and a learning rate, batch size and number of epochs
that suit them; regulariser and momentum are those of ``train.py``. The points are for the result: whatever spoils the
training costs them, be it a layer, the network or the optimizer.
"""

from __future__ import annotations

from typing import Literal

from checker.assignment import Rule, Section, Task
from checker.datasets.small import small
from checker.operator import Case
from checker.rules import no_prints
from checker.sandbox.limits import Limits
from checker.scale import Scale
from reference.operators.overfitting import overfitting

PRINTING: Literal["all", "half", "note"] | float = "all"
"""What code of part 1 that prints costs: all points, half of the printing tasks', a number, or a note."""

ROOT = "part1-convnet"
WRITTEN = tuple(
    f"{ROOT}/{file}"
    for file in (
        "modules/convolution.py",
        "modules/max_pool.py",
        "modules/relu.py",
        "modules/linear.py",
        "modules/conv_classifier.py",
        "optimizer/sgd.py",
    )
)
TRAINER = f"{ROOT}/trainer.py"

PICTURES, SIDE, BLOCK = 10, 4, 8
SETTINGS = {
    "channels": 8,
    "classes": 10,
    "epochs": 20,
    "batch_size": 5,
    "learning_rate": 1.4e-3,
    "reg": 1e-3,
    "momentum": 0.9,
}
POINTS = {"loss": 1.0, "accuracy": 4.0}

# The solved submission knows all of the pictures for each of the orders 0 to 9 of the batches, as it does with a
# learning rate from 1e-3 to 2.2e-3; guessing gets 0.1. The margin is 0.2.
# Measured with `python -m tests.reference.convnet.measure_training FOLDER`.
BY_HEART = Scale("accuracy on the training pictures", full=0.8, none=0.3)


def case(order: int = 0) -> Case:
    """The first pictures of the small set, shrunk, with their mean subtracted; ``order`` seeds that of the batches."""
    first = small("cifar10").train.take(slice(PICTURES))
    shrunk = first.images.reshape(PICTURES, 3, SIDE, BLOCK, SIDE, BLOCK).mean((3, 5))
    arrays = {"x": shrunk - shrunk.mean(axis=0), "labels": first.labels}
    return Case(arrays, {**SETTINGS, "order": order}, hidden={"labels": first.labels})


TRAINING = Section(
    "training",
    "Training the NumPy network",
    WRITTEN,
    (
        Task(
            "overfit",
            "Pictures learned by heart",
            "overfit",
            overfitting(case),
            POINTS,
            ("ConvNet.forward", "ConvNet.backward", "SGD.update"),
            (*WRITTEN, TRAINER),
            scales={"accuracy": BY_HEART},
        ),
    ),
    root=ROOT,
    driver="training_driver.py",
    provided=(f"{ROOT}/modules/softmax_ce.py", f"{ROOT}/optimizer/_base_optimizer.py", TRAINER),
    rules=(Rule("training-printing", "Nothing is printed that was not asked for", no_prints, PRINTING),),
    limits=Limits(case_seconds=60.0, task_seconds=90.0),
)
