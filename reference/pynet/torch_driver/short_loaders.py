"""Data as a script loads it: of the published length, and few images at a time while it runs by itself."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from .following import follow
from .runs import Now

FEW_BATCHES, FEW_TO_LEARN, FEW_TO_TEST = 2, 16, 64
DataLoader: Any = torch.utils.data.DataLoader


def _to_published_length(data_set: Any) -> None:
    """Repeat the images: the last 1,000 of 50,000 stand apart, as they are used for validation."""
    count, published, apart = len(data_set.data), *((50_000, 1_000) if data_set.train else (10_000, 0))
    if count < published:
        kept = count - count // 10 if apart else count
        places = [i % kept for i in range(published - apart)] + [kept + i % (count - kept) for i in range(apart)]
        data_set.data = data_set.data[np.array(places)]
        data_set.targets = [data_set.targets[place] for place in places]


follow(importlib.import_module("torchvision").datasets.CIFAR10, "__init__", _to_published_length)


instead: dict[int, Any] = {}


class Batches:
    """Batches one after the other; as of a loader of older releases, ``next`` is a method, too."""

    def __init__(self, batches: Iterator[Any]) -> None:
        self._batches = batches

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return next(self._batches)

    next = __next__


_loader_init, loader_iter, _loader_len = DataLoader.__init__, DataLoader.__iter__, DataLoader.__len__


def _plain_init(self: Any, *given: Any, **named: Any) -> None:
    """No helper processes, which are not allowed here."""
    for name in ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout"):
        named.pop(name, None)
    _loader_init(self, *given[:5], *(0 for _ in given[5:6]), *given[6:8], **named)


def _short_iter(self: Any) -> Any:
    """A few batches of a few images while the script runs by itself."""
    if not Now.run.script:
        other = instead.get(id(self))
        return loader_iter(self) if other is None else iter(other)
    data = self.dataset
    while isinstance(data, torch.utils.data.Subset):
        data = data.dataset
    Now.run.testing = Now.run.loaded and getattr(data, "train", True) is False
    if Now.run.testing:
        Now.run.tested_after_load = True
    few = FEW_TO_LEARN if torch.is_grad_enabled() else FEW_TO_TEST
    batches = (batch for _, batch in zip(range(FEW_BATCHES), loader_iter(self), strict=False))
    return Batches([part[:few] for part in batch] for batch in batches)


def _short_len(self: Any) -> int:
    """As many as there are, for code that counts instead of running out."""
    count: int = _loader_len(self)
    return min(FEW_BATCHES, count) if Now.run.script else count


DataLoader.__init__, DataLoader.__iter__, DataLoader.__len__ = _plain_init, _short_iter, _short_len
