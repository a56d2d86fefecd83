"""What ``train`` and ``test`` are given: images, loaders under the names that they read, and a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from .runs import Now, Run
from .short_loaders import Batches, DataLoader, instead, loader_iter

PIXELS = 3 * 32 * 32
CLASSES = 10
SIZE = 8
RATE = 2.0**-13

Yields = Iterator[tuple[Any, Any]]


class Images(torch.utils.data.TensorDataset):
    """Images with labels; like torchvision's, they know whether they are training images."""

    def __init__(self, images: Any, labels: Any, *, train: bool = True) -> None:
        super().__init__(images, labels)
        self.data, self.targets, self.train = images, labels, train


class Loader(DataLoader):  # type: ignore[misc]
    """Says whose turn it is with each batch."""

    turn = ""

    def __init__(self, name: str, images: Images, size: int, **named: Any) -> None:
        super().__init__(images, batch_size=size, **named)
        self.name, self.passes = name, 0

    def __iter__(self) -> Any:
        return Batches(self._telling())

    def _telling(self) -> Iterator[Any]:
        self.passes += 1
        for batch in loader_iter(self):
            Loader.turn = self.name
            yield batch


def begin(module: Any, loaders: Mapping[str, Loader]) -> None:
    """Put the driver's loaders and settings in the places that ``train`` and ``test`` read."""
    Now.run = Run(script=False)
    for name, value in list(vars(module).items()):
        if isinstance(value, DataLoader):
            part = next((part for part in ("val", "dev", "test", "train") if part in name.lower()), "")
            part = part.replace("dev", "val")
            if part in loaders and not isinstance(value, Loader):
                instead[id(value)] = loaders[part]
            if part in loaders:
                setattr(module, name, loaders[part])
        elif "best" in name.lower() and type(value) in (int, float):
            setattr(module, name, float("inf") if "loss" in name.lower() else 0.0)
    for name, loader in loaders.items():
        setattr(module, f"loader_{name}", loader)
    module.device, module.print_every, module.best_acc = torch.device("cpu"), 1, 0.0


@contextmanager
def forwards() -> Iterator[list[tuple[str, bool, bool]]]:
    """For each pass through the driver's model: whose turn it was, its mode, and whether gradients were recorded."""
    seen: list[tuple[str, bool, bool]] = []

    def listen(layer: Any, given: Any) -> None:
        if isinstance(layer, torch.nn.Linear):
            seen.append((Loader.turn, layer.training, torch.is_grad_enabled()))

    hook = torch.nn.modules.module.register_module_forward_pre_hook(listen)
    try:
        yield seen
    finally:
        hook.remove()


def linear_model() -> Any:
    """The driver's model. Its scores are logarithms of probabilities, so that either loss of them is the same."""
    nn = torch.nn
    return nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, CLASSES), nn.LogSoftmax(dim=1))


def striped(seed: int, rows: int) -> tuple[Any, Any]:
    """Images with a stripe for their class."""
    draw = np.random.default_rng([seed, rows])
    labels = draw.permutation(np.arange(rows) % CLASSES)
    images = draw.standard_normal((rows, 3, 32, 32)) / 2
    for image, label in zip(images, labels, strict=True):
        image[:, 3 * label : 3 * label + 3] += 1.0
    return torch.tensor(images, dtype=torch.float32), torch.tensor(labels)


def loaders_of(seed: int, repeats: int, validation: int = 20) -> dict[str, Loader]:
    """Two batches again and again; other images for validation and test."""
    x, y = striped(seed, 2 * SIZE)
    train = Images(x.repeat(repeats, 1, 1, 1), y.repeat(repeats))
    return {
        "train": Loader("train", train, SIZE),
        "val": Loader("val", Images(*striped(seed, validation)), 9),
        "test": Loader("test", Images(*striped(seed, 21), train=False), 9),
    }
