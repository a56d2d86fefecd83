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

# On the small set, over torch seeds 0 to 3, the solved submission gets 0.642 to 0.672 in 4 or 5 epochs, `staged` 0.630
# to 0.679 in 4 or 5, `naive` 0.584 to 0.692 in 5 to 8; a narrow network with strides of 2, trained with SGD, 0.55 to
# 0.592 in all ten (seeds 0 to 2). A linear model gets 0.183, guessing 0.1. The margin below the slowest is 0.05, and
# 0.08 below the others. Measured with `python -m tests.reference.pynet.measure FOLDER`.
ENOUGH = Scale("accuracy", full=0.5, none=0.2)


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
            {"accuracy": 12.0, "shape": 0.0, "scores": 0.0},
            ("make_model",),
            scales={"accuracy": ENOUGH},
        ),
        Task(
            "cifar.optimizer",
            "Optimizer",
            "optimizer",
            own_optimizer,
            {"kind": 1.0, "left out": 2.0, "frozen": 0.0},
            ("make_optimizer",),
        ),
    ),
    packages=("numpy", "torch", "torchvision"),
    driver="torch_driver.py",
    manual=(ManualTask("cifar.writeup", "Write-up", 3.0, ("hw3.pdf",), pages=(1, 0)),),
    data=serve,
    # A network as deep as people like still has its ten epochs; a saved one may be large.
    limits=Limits(
        memory=8 << 30, import_seconds=120, case_seconds=900, task_seconds=1200, file_size=256 << 20, disk=512 << 20
    ),
)
