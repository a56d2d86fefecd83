"""Pictures in the place of CIFAR-10's, which the provided ``cifar10_utils`` hands out."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .script import heard, replaced

MOST_VALIDATION_PICTURES = 17


def made_up(seed: int, *counts: int) -> tuple[tuple[Any, Any], ...]:
    """Pictures and class numbers, as many as the counts say for each set."""
    random = np.random.default_rng(seed)
    # Little contrast: the steps are few, and nothing grows beyond bounds.
    pictures = [random.integers(127, 130, (count, 3, 32, 32), dtype=np.uint8) for count in counts]
    return tuple(zip(pictures, [random.permutation(count) % 10 for count in counts], strict=True))


@contextmanager
def handed_out(parts: tuple[tuple[Any, Any], ...], watch: Any) -> Iterator[None]:
    """Give scripts these sets, for training and testing.

    ``watch`` has a list of ``folders`` asked for, a list of ``sets`` made, and a method ``draw`` for each batch drawn.
    """
    cifar10_utils = importlib.import_module("cifar10_utils")

    def read_batches(folder: Any) -> Any:
        watch.folders.append(str(folder))
        return parts

    data = cifar10_utils.DataSet
    get, next_batch = cifar10_utils.get_cifar10, data.next_batch

    # Numbers that fit the real data (5000 pictures for validation, a batch of all 10000 to test on) are made to fit.
    def get_cifar10(data_dir: Any = get.__defaults__[0], one_hot: Any = True, validation_size: Any = 0) -> Any:
        return get(data_dir, one_hot, min(validation_size, MOST_VALIDATION_PICTURES))

    def draw(part: Any, batch_size: Any) -> Any:
        images, labels = next_batch(part, min(batch_size, part.num_examples))
        watch.draw(part, labels)
        return images, labels

    with (
        replaced(cifar10_utils, "read_batches", read_batches),
        replaced(cifar10_utils, "get_cifar10", get_cifar10),
        replaced(data, "next_batch", draw),
        heard(data, "__init__", lambda part, *_: watch.sets.append(part), late=True),
    ):
        yield
