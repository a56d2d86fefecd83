"""What the training of a NumPy network does, update by update."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from .layers import linear_modules
from .script import EnoughError

CORNER = 5
FAINT = 1e-6
MIXED = 8
"""Test pictures are learned from when there are more than one in so many; were all sets one, every third would be."""

SHOWS = 1e-5
"""An update by this share of a parameter is seen in float32, too."""

UPDATES_SHOWN = 3


class Watch:
    """What a training script does to its networks and data."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.folders: list[str] = []
        self.sets: list[Any] = []
        self.settings: list[Any] = []
        self.forwards: list[tuple[int, Any]] = []
        self.rows: list[int] = []
        self.updates = 0
        self.batches: list[bytes] = []
        self.pictures = self.test_pictures = 0
        self._known: dict[int, set[float]] = {}
        self.layers: list[Any] = []
        self.before: list[Any] = []
        self.gradients: list[Any] = []
        self.after: list[Any] = []
        self.last: tuple[Any, Any] = (np.zeros(0), np.zeros(0))

    def made(self, inputs: Any = 0, hidden: Any = (), classes: Any = 0, slope: Any = float("nan"), *more: Any) -> None:
        """A network is made."""
        self.settings.append((list(hidden), slope))

    def draw(self, source: Any, _: Any) -> None:
        """A batch is drawn."""

    def forward(self, x: Any) -> None:
        """Something goes through a network: an update, if there was one before, is complete."""
        self.settle()
        self.forwards.append((self.updates, np.asarray(x)))

    def learn(self, dout: Any) -> None:
        """A network is about to work out its gradients."""
        self.settle()
        self.rows.append(len(dout))
        learned = [k for k, (_, x) in enumerate(self.forwards) if len(x) == len(dout)]
        if learned:
            # What was learned from is no evaluation.
            _, x = self.forwards.pop(learned[-1])
            self.batches.append(x.tobytes())
            learned_from = contents(x)
            self.pictures += len(learned_from)
            self.test_pictures += len(learned_from & self._test_pictures())

    def learned(self, network: Any) -> None:
        """A network has its gradients: an update follows."""
        self.updates += 1
        self.layers = linear_modules(network)
        gradients = [value for layer in self.layers for value in layer.grads.values() if isinstance(value, np.ndarray)]
        if not all(np.isfinite(value).all() for value in gradients) or all(
            np.abs(value).max(initial=0.0) < FAINT for value in gradients
        ):
            # Gradients are judged elsewhere; here any numbers do that show an update.
            for value in gradients:
                value[...] = 1.0
        self.last = self._corners("params"), self._corners("grads")
        if self.updates <= UPDATES_SHOWN:
            self.before.append(self.last[0])
            self.gradients.append(self.last[1])
        if self.updates > self.most:
            raise EnoughError

    def end(self, rate: float) -> None:
        """The script has come to its end: gradients that nothing was done with, where it would show, were no update."""
        self.settle()
        if self.updates:
            before, gradient = self.last
            known = np.isfinite(before)
            shows = abs(rate * gradient[known]) > SHOWS * abs(before[known])
            if shows.any() and np.array_equal(before[known], self._corners("params")[known]):
                self.updates -= 1

    def settle(self) -> None:
        """Look at the parameters once per update."""
        if len(self.after) < len(self.before):
            self.after.append(self._corners("params"))

    def _corners(self, kind: str) -> Any:
        """A few entries of every parameter or gradient."""
        parts = []
        for layer in self.layers:
            for name in ("weight", "bias"):
                array, own = np.asarray(getattr(layer, kind)[name]), np.shape(layer.params[name])
                # A gradient of another shape has its own task; here it counts as what is subtracted.
                with suppress(ValueError):
                    array = np.broadcast_to(array, own)
                parts.append(array[(slice(CORNER),) * array.ndim].ravel())
        return np.concatenate(parts).astype(float)

    def evaluations(self) -> list[int]:
        """After how many updates a test set went through a network, the first and last ones left out.

        That is: all of it; or, should that never happen, most of it, since whole batches may leave a rest; or, when the
        script changes its pictures first, as many pictures as there are in it.
        """
        seen: dict[int, set[float]] = {}
        for made, x in self.forwards:
            seen.setdefault(made, set()).update(contents(x))
        wanted = list(map(self._pictures, self._tests()))
        whole = [made for made, rows in seen.items() if any(rows >= test for test in wanted)]
        most = [made for made, rows in seen.items() if any(2 * len(rows & test) > len(test) for test in wanted)]
        alike = [made for made, x in self.forwards if len(x) in [part.num_examples for part in self._tests()]]
        return self._middle(whole or most or alike)

    def partly(self) -> list[int]:
        """After how many updates a few test pictures went through a network, the first and last ones left out."""
        test = self._test_pictures()
        return self._middle([made for made, x in self.forwards if test & contents(x)])

    def _middle(self, counts: list[int]) -> list[int]:
        return sorted({made for made in counts if 1 < made < self.updates - 1})

    def _tests(self) -> list[Any]:
        return [part for part in self.sets if part is not self.training() and part.num_examples]

    def _pictures(self, part: Any) -> set[float]:
        # Their order may change, they do not.
        if id(part) not in self._known:
            self._known[id(part)] = contents(part.images)
        return self._known[id(part)]

    def _test_pictures(self) -> set[float]:
        return set().union(*map(self._pictures, self._tests()[-1:]))

    def new_batches(self) -> float:
        """1 when every update had pictures of its own, 2 when they came from the test set, too, 0 otherwise."""
        # A picture of another set has the contents of a test picture now and then.
        if self.test_pictures * MIXED > self.pictures:
            return 2.0
        return float(len(set(self.batches)) == len(self.batches))

    def training(self) -> Any:
        """The largest set."""
        return max(self.sets, key=lambda part: part.num_examples, default=None)

    def outputs(self, case: Any) -> Iterator[tuple[str, Any]]:
        """What can be told before the script has come to its end."""
        if self.settings:
            hidden, slope = self.settings[0]
            yield "dnn_hidden_units", np.array([int(size) for size in hidden], dtype=float)
            yield "neg_slope", float(slope)
        yield "data_dir", float(any(case.data_dir in folder for folder in self.folders))
        updates = zip(self.before, self.gradients, self.after, strict=False)
        # Where training has run into infinity, the update cannot be seen.
        clear = [values for values in updates if np.isfinite(np.concatenate(values[:2])).all()]
        for k, values in enumerate(clear):
            if k == 0:
                yield "learning_rate", _rate(*values)
            for name, value in zip(("before", "gradient", "update"), values, strict=True):
                yield f"{name}[{k}]", value
        if self.rows:
            yield "batch_size", next((float(n) for n in self.rows if n != case.batch_size), float(case.batch_size))


def _rate(before: Any, gradient: Any, after: Any) -> float:
    """By how many gradients most parameters went down: the median over those that move clearly."""
    clear = np.abs(gradient) >= np.abs(gradient).max() / 4
    return float(np.median((before - after)[clear] / gradient[clear]))


def contents(pictures: Any) -> set[float]:
    """The sum of squares of each picture: it tells pictures apart, whatever the order of their axes.

    Its terms and sums are exact in float64, or nearly so.
    """
    rows = np.reshape(pictures, (len(pictures), -1)).astype(np.float32).astype(np.float64)
    return set(np.einsum("ij,ij->i", rows, rows).round(9).tolist())
