"""Let torchvision's data set classes find the grader's data, whatever root a student's script gives.

Runs in the student's process, before the student's code imports anything; needs the standard library only and can be
loaded by its path. ``download=True`` finds the data in place and opens no connection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def serve(torchvision: Any, root: str) -> None:
    """Point ``FashionMNIST`` and ``CIFAR10`` to the layouts below ``root`` (those that ``layouts`` wrote there).

    The published sums are dropped, because a small or divided set has others: torchvision then asks only that each
    file is there. The classes stay the same objects; ``MNIST`` and ``CIFAR100`` are not changed.
    """
    fashion = Path(root).resolve() / "FashionMNIST"
    if fashion.is_dir():
        # A class of its own name that a student derives would look elsewhere, so the folders do not depend on it.
        torchvision.datasets.FashionMNIST.raw_folder = property(lambda self: str(fashion / "raw"))
        torchvision.datasets.FashionMNIST.processed_folder = property(lambda self: str(fashion / "processed"))
    batches = Path(root).resolve() / "cifar-10-batches-py"
    if batches.is_dir():
        cifar = torchvision.datasets.CIFAR10
        # Joined to any root, an absolute folder stands alone.
        cifar.base_folder = str(batches)
        cifar.train_list = [[name, None] for name, _ in cifar.train_list]
        cifar.test_list = [[name, None] for name, _ in cifar.test_list]
        cifar.meta = {**cifar.meta, "md5": None}
