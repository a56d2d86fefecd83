"""Which pictures go through a network during training, and what comes out.

Pictures are told by numbers that stay as they are when a script scales its pictures or orders their axes otherwise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ALIKE = 1e-4
"""Pictures with signatures closer than this are the same: rounding moves them by 1e-5, neighbours are 1e-3 apart."""
CHANNELS = 3


def _standardised(rows: Any) -> Any:
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / (np.sqrt(np.square(rows).mean(axis=1, keepdims=True)) + np.finfo(float).tiny)


def _third(rows: Any) -> Any:
    """The root brings the third moment to the order of the values."""
    return np.cbrt(np.einsum("ij,ij,ij->i", rows, rows, rows, optimize=True) / rows.shape[1])


def signatures(pictures: Any) -> Any:
    """Numbers by which pictures are told apart, two kinds of them (2, n, 3).

    Standardised moments of all values, whatever their order; and one of each channel, for channels that are scaled each
    by itself.
    """
    rows = np.reshape(np.asarray(pictures, dtype=np.float64), (len(pictures), -1))
    whole = _standardised(rows)
    squares = np.square(whole)
    moments = [_third(whole), np.square(squares).mean(axis=1) ** 0.25, (squares**3).mean(axis=1) ** (1 / 6)]
    each = _third(_standardised(rows.reshape(len(rows) * CHANNELS, -1)))
    return np.stack([np.stack(moments, axis=1), each.reshape(-1, CHANNELS)])


@dataclass(eq=False)
class Pass:
    """Pictures that went forward after ``updates``, and the outputs.

    ``settled`` says of each part that behaves otherwise in evaluation mode whether it was in it; ``recorded`` whether
    gradients were kept, ``learned`` whether they were asked for. ``places`` are places in the test set, -1 for other
    pictures; None as long as nobody has looked. Passes of the same pictures have the same ``content``.
    """

    updates: int
    x: Any
    y: Any
    settled: list[bool] = field(default_factory=list)
    recorded: bool = False
    learned: bool = False
    places: Any = None
    content: bytes = b""

    @property
    def rows(self) -> int:
        """How many pictures."""
        return len(self.y)


class Passes:
    """What a script does to its data and its network. ``learned_too`` looks at the pictures that are learned from."""

    def __init__(self, most: int, learned_too: bool = True) -> None:
        self.most = most
        self.learned_too = learned_too
        self.folders: list[str] = []
        self.sets: list[Any] = []
        self.passes: list[Pass] = []
        self.updates = 0
        self.losses: list[float] = []
        self._known: Any = None
        self._looked: dict[bytes, Any] = {}

    def draw(self, part: Any, labels: Any) -> None:
        """A batch is drawn."""

    def test(self) -> Any:
        """The set that is tested on: the script's own sets are training, validation and test, in this order."""
        return self.sets[-1] if self.sets else None

    def forward(self, x: Any, y: Any, **more: Any) -> Pass:
        """Something went through the network."""
        self.look()
        made = Pass(self.updates, x, y, **more)
        self.passes.append(made)
        return made

    def look(self) -> None:
        """See which pictures the last ones were, and keep them no longer."""
        if self.passes and self.passes[-1].x is not None:
            last = self.passes[-1]
            if self.learned_too or not last.learned:
                last.content = hashlib.blake2b(np.asarray(last.x).tobytes()).digest()
                last.places = self._places(last.x, last.content)
            last.x = None

    def _places(self, x: Any, key: bytes) -> Any:
        if self.test() is None or np.size(x) != len(x) * self.test().images[0].size:
            return np.full(len(x), -1)
        # Most scripts test on the same pictures again and again.
        if key not in self._looked:
            self._looked[key] = self._look_for(x)
        return self._looked[key]

    def _look_for(self, x: Any) -> Any:
        if self._known is None:
            # The order of the set may change later.
            self._known = signatures(self.test().images)
        distances = np.min(
            [np.abs(a[:, None] - b).max(axis=2) for a, b in zip(signatures(x), self._known, strict=True)], axis=0
        )
        nearest = distances.argmin(axis=1)
        return np.where(distances[np.arange(len(x)), nearest] < ALIKE, nearest, -1)

    def learned(self) -> list[Pass]:
        """The passes that were learned from."""
        self.look()
        return [one for one in self.passes if one.learned]

    def tests(self) -> dict[int, list[Pass]]:
        """The passes of the test set by the number of updates before them.

        Should a script change its pictures beyond recognition, as many pictures as there are in the set count as it.
        """
        self.look()
        groups: dict[int, list[Pass]] = {}
        for one in self.passes:
            if one.places is not None and not one.learned:
                groups.setdefault(one.updates, []).append(one)
        seen = {k: [one for one in group if (one.places >= 0).any()] for k, group in groups.items()}
        if not any(seen.values()) and self.test() is not None:
            seen = {k: self._as_many(group) or self._as_many(group[::-1])[::-1] for k, group in groups.items()}
        return {k: group for k, group in seen.items() if group}

    def shows_most(self, group: list[Pass]) -> bool:
        """Whether these passes show most of the test set: whole batches may leave a rest."""
        places = np.unique(np.concatenate([one.places for one in group]))
        known = int((places >= 0).sum())
        return known == 0 or 2 * known > self.test().num_examples

    def _as_many(self, group: list[Pass]) -> list[Pass]:
        """The first passes that make up as many pictures as the test set has."""
        counts = np.cumsum([one.rows for one in group]).tolist()
        size = self.test().num_examples
        return group[: counts.index(size) + 1] if size in counts else []

    def predictions(self, passes: list[Pass]) -> Any:
        """The class of each test picture, -1 where it was not among them or the output is no number."""
        predicted = np.full(self.test().num_examples, -1.0)
        places, outputs = np.concatenate([p.places for p in passes]), np.concatenate([p.y for p in passes])
        if (places < 0).all():
            places = np.arange(len(places))
        known = places >= 0
        best = np.where(np.isfinite(outputs).all(axis=1), outputs.argmax(axis=1), -1.0)
        predicted[places[known]] = best[known]
        return predicted
