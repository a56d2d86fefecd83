"""Problems with fewer classes made of Fashion-MNIST: part 1 tells cloth, shoes and bags apart, part 2 kinds of cloth.

The rule. A part has groups of published classes; a group's label is its number. From the published training images
each group gets its share for training, then its share for development, going round its classes and taking the next
image of each in the order of the file; the hidden images come from the published test images in the same way. The
chosen images are then mixed, always in the same way, so that code which takes batches one after the other sees every
class. Where a set has too few images for the whole
shares, all are made smaller by the same factor.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from checker.datasets.layouts import write_arrays
from checker.datasets.prepared import Prepared, Split


@dataclass(frozen=True)
class Part:
    """``groups``: label -> published classes; the other numbers are images of each group."""

    groups: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    train: int
    dev: int
    hidden: int


@dataclass(frozen=True, eq=False)
class Division:
    """A part's images; ``hidden`` is the grader's."""

    train: Split
    dev: Split
    hidden: Split
    names: tuple[str, ...]


PARTS = {
    "part1": Part(((0, 1, 2, 3, 4, 6), (5, 7, 9), (8,)), ("cloth", "shoe", "bag"), 2500, 800, 1000),
    "part2": Part(((0,), (2,), (3,), (4,), (6,)), ("T-shirt", "pullover", "dress", "coat", "shirt"), 1500, 480, 1000),
}


def divide(data_set: Prepared, part: Part) -> Division:
    """Choose a part's images from a Fashion-MNIST set."""
    known = [_queue(data_set.train.labels, group) for group in part.groups]
    unknown = [_queue(data_set.test.labels, group) for group in part.groups]
    wanted, there = part.train + part.dev, min(map(len, known))
    train = min(part.train, part.train * there // wanted)
    dev = min(part.dev, part.dev * there // wanted)
    hidden = min(part.hidden, *map(len, unknown))
    return Division(
        _chosen(data_set.train, [queue[:train] for queue in known]),
        _chosen(data_set.train, [queue[train : train + dev] for queue in known]),
        _chosen(data_set.test, [queue[:hidden] for queue in unknown]),
        part.names,
    )


def write_parts(folder: Path, data_set: Prepared) -> dict[str, Division]:
    """Write ``(X,y)_(train,dev)_(part1,part2).npy``; what stays hidden is only returned."""
    divisions = {name: divide(data_set, part) for name, part in PARTS.items()}
    write_arrays(
        folder,
        {f"train_{name}": division.train for name, division in divisions.items()}
        | {f"dev_{name}": division.dev for name, division in divisions.items()},
    )
    return divisions


def _queue(labels: NDArray[np.int64], group: tuple[int, ...]) -> list[int]:
    """The places of a group's images: the first of each class, the second of each, and so on."""
    places = [np.flatnonzero(labels == label).tolist() for label in group]
    return [place for place in chain.from_iterable(zip_longest(*places)) if place is not None]


def _chosen(split: Split, queues: list[list[int]]) -> Split:
    places = np.array([place for queue in queues for place in queue])
    labels = np.repeat(np.arange(len(queues)), [len(queue) for queue in queues])
    # Python guarantees this sequence, on every machine and in every release.
    draw = random.Random(0).random
    order = np.argsort([draw() for _ in places])
    return Split(split.images[places[order]], labels[order])
