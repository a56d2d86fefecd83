"""What ``fit`` returns: losses, and the predictions of the network that it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import torch

from .learned import SLACK, tensors
from .twins import PIXELS
from .watching import Training

TIMES = 20.0
"""From the images as they are to standardised ones it is about 70, to 255ths of them more."""


def array(value: Any) -> Any:
    return value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)


def form(case: Any, predictions: Any, rows: int) -> float:
    """Whether predictions are a NumPy array of the right shape and kind."""
    if isinstance(predictions, torch.Tensor):
        return 2.0
    if not isinstance(predictions, np.ndarray):
        return 3.0
    if predictions.shape != ((rows,) if case.classes else (rows, PIXELS)):
        return 4.0
    return 1.0 if predictions.dtype.kind in ("iu" if case.classes else "f") else 5.0


def numbers(losses: Any) -> Any:
    return np.array([float(loss) for loss in losses])


def _scales(train: Any, dev: Any) -> Iterator[Any]:
    """Development images as they are, and standardised in the usual ways."""
    yield dev
    yield dev / 255
    yield (dev - train.mean()) / train.std()
    deviation = train.std(dim=0)
    for least in (0.0, 1e-8, 1e-5):
        yield (dev - train.mean(dim=0)) / (deviation + least)
    yield (dev - train.mean(dim=0)) / torch.where(deviation == 0, 1.0, deviation)


def _stack(given: list[Any]) -> bool:
    """Whether what went in at several calls can be put together."""
    return len({(part.shape[1:], part.dtype) for part in given}) == 1


def handed_in(training: Training, rows: int) -> Iterator[Any]:
    """What goes into the network for its predictions, and into its first layer that learns: no weight is in it yet.

    None where it is not one row for each of the ``rows`` images.
    """
    parts = [part for part, _ in training.forwards]
    for first in (*parts[:1], *_layers(parts)[:1]):
        given = [given for part, given in training.forwards if part is first]
        fitting = _stack(given) and sum(map(len, given)) == rows
        yield torch.cat(given) if fitting else None


def _layers(parts: list[Any]) -> list[Any]:
    """Those with tensors of their own that learn."""
    return [part for part in parts if next(part.parameters(recurse=False), None) is not None]


def other_scale(training: Training) -> bool:
    """Whether the first layer gets numbers of quite another size for the predictions than in the steps."""
    first = next(iter(_layers([part for part, _ in training.forwards])), None)
    within = training.spread.get(id(first), 0.0)
    given = [given.ravel() for part, given in training.forwards if part is first]
    if not within or not given:
        return False
    after = float(torch.cat(given).std())
    return after > TIMES * within or within > TIMES * after


def as_given(net: Any, trained: Any, training: Training, train: Any, dev: Any) -> Iterator[Callable[[], Any]]:
    """Ways to hand development images to a network that was made like the ``trained`` one.

    First what ``fit`` itself handed in at its end, to a part that has everything that is learned; then the usual ways.
    """
    places = {id(part): name for name, part in trained.named_modules()}
    own, learned = dict(net.named_modules()), len(tensors(net))
    seen: dict[str, list[Any]] = {}
    for part, given in training.forwards:
        if id(part) in places:
            seen.setdefault(places[id(part)], []).append(given)
    for name, given in seen.items():
        if name in own and len(tensors(own[name])) == learned and _stack(given):
            yield partial(own[name], torch.cat(given))
    for scaled in _scales(train, dev):
        yield partial(net.forward, scaled)


def from_net(case: Any, net: Any, training: Training, train: Any, dev: Any, predictions: Any) -> bool:
    """Whether the network that was returned makes these predictions of what went into it."""
    wanted = np.asarray(array(predictions), dtype=float).reshape(len(dev), -1)
    net.eval()
    seen: dict[int, tuple[Any, list[Any]]] = {}
    for part, given in training.forwards:
        seen.setdefault(id(part), (part, []))[1].append(given)
    own = {id(part) for part in net.modules()}
    tries = [partial(part, torch.cat(given)) for key, (part, given) in seen.items() if key in own and _stack(given)]
    tries += [partial(net.forward, given) for given in _scales(train, dev)]
    for attempt in tries:
        with suppress(Exception), torch.no_grad():
            made = attempt().reshape(len(dev), -1)
            if case.classes:
                if np.array_equal(made.argmax(dim=1, keepdim=True).numpy(), wanted):
                    return True
            elif bool(np.all(np.abs(made.numpy() - wanted) <= SLACK)):
                return True
    return False
