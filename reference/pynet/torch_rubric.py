"""PyTorch on CIFAR-10: tasks and points. A person scores the write-up."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from checker.assignment import ManualTask, Section, Task
from checker.datasets.handout import handout
from checker.datasets.layouts import write_cifar
from checker.datasets.small import small
from checker.operator import Array, Case
from checker.sandbox.limits import Limits
from checker.scale import Scale
from reference.operators.cifar_script import own_classifier, own_optimizer, testing, training

# On the small set, over torch seeds 0 to 4, with training that ends when 0.45 of the validation images are right:
#
#   solved          0.484 to 0.555 in 2 or 3 epochs
#   naive           0.477 to 0.574 in 3 or 4
#   staged          0.503 to 0.569 in 2 or 3
#   script-style    0.530 to 0.572 in 2
#
# (`python -m tests.reference.pynet.measure FOLDER`). A linear model gets 0.183, guessing 0.1. What learns, and not as
# well as it could, is above the threshold whatever the seed, and loses points for what is wrong with it: a softmax too
# many (0.40 to 0.50 after six to eight epochs, seeds 0 to 2), frozen convolutions or ones that the optimizer does not
# have (0.36 to 0.46 after one to eight).
ENOUGH = Scale("accuracy", full=0.32, none=0.15)


def serve(folder: Path) -> None:
    """What a script finds as CIFAR10, without the hidden images."""
    divided = handout(small("cifar10"))
    write_cifar(folder, divided.train, divided.test, divided.classes)


def _images() -> Case:
    """Training images with labels, and images without."""
    divided = handout(small("cifar10"))
    train, hidden = divided.train, divided.hidden
    arrays: dict[str, Array] = {"x": train.images, "labels": train.labels, "test": hidden.images}
    return Case(arrays, hidden={"labels": np.asarray(hidden.labels)})


CIFAR = Section(
    "cifar",
    "PyTorch on CIFAR-10",
    ("hw3_pytorch_cifar.py",),
    (
        Task(
            "cifar.train",
            "Training",
            "train",
            training,
            {
                "updates": 1.0,
                "cleared": 1.0,
                "parameters": 1.0,
                "loss": 1.0,
                "training mode": 0.5,
                "best model": 1.5,
            },
            ("train",),
        ),
        Task(
            "cifar.test",
            "Testing, saving and loading",
            "test",
            testing,
            {
                "accuracy": 2.0,
                "evaluation mode": 1.0,
                "saving": 2.0,
                "loading": 1.0,
                "part": 0.0,
                "without gradients": 0.0,
            },
            ("test",),
        ),
        Task(
            "cifar.model",
            "Model design",
            "model",
            own_classifier(_images),
            {"accuracy": 8.0, "scores": 2.0, "frozen": 1.0, "shape": 1.0},
            ("make_model",),
            scales={"accuracy": ENOUGH},
        ),
        Task(
            "cifar.optimizer",
            "Optimizer",
            "optimizer",
            own_optimizer,
            {"kind": 1.0, "left out": 2.0},
            ("make_optimizer",),
        ),
    ),
    packages=("numpy", "torch", "torchvision"),
    driver="torch_driver",
    manual=(ManualTask("cifar.writeup", "Write-up", 3.0, ("hw3.pdf",), pages=(1, 0)),),
    data=serve,
    # A network as deep as people like still has its ten epochs; a saved one may be large.
    limits=Limits(
        memory=8 << 30, import_seconds=120, case_seconds=900, task_seconds=1200, file_size=256 << 20, disk=512 << 20
    ),
)
