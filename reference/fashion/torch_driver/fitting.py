"""``fit`` on small sets: its batches, losses and predictions; sets that batches do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import torch

from .learned import SLACK, same, values
from .predictions import array, form, from_net, handed_in, numbers, other_scale
from .twins import make_batch, seed
from .watching import Training, watched_training


def run_fit(module: Any, case: Any, train: Sequence[Any], dev: Any, n_iter: int, batch: int) -> Any:
    seed(case.seed)
    return module.fit(*[part.clone() for part in train], dev.clone(), n_iter, batch)


def _owners(train: Any, x: Any) -> Any:
    """Which training image each row of a batch is, however it was scaled."""

    def aligned(rows: Any) -> Any:
        rows = rows - rows.mean(dim=1, keepdim=True)
        return rows / rows.norm(dim=1, keepdim=True)

    rows = aligned(x.reshape(len(x), -1))
    standard = torch.nan_to_num((train - train.mean(dim=0)) / train.std(dim=0))
    return torch.maximum(rows @ aligned(train).T, rows @ aligned(standard).T).argmax(dim=1)


def _losses(losses: Any) -> float:
    """How many losses there are; -1 where they cannot be the losses of different batches, of any kind."""
    with suppress(TypeError, ValueError):
        values = numbers(losses)
        if len(values) > 1 and (bool((values == values[0]).all()) or bool((values < 0).any())):
            return -1.0
    return float(len(losses))


def fit(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """Training on a small set: batches, losses and predictions."""
    train, dev = make_batch(case, case.rows, 0), make_batch(case, case.dev, 1)[0]
    with watched_training(module) as training:
        training.rows = case.dev
        losses, predictions, net = run_fit(module, case, train, dev, case.n_iter, case.batch)
    sizes = [len(batch[0]) for batch in training.batches]
    if case.n_iter == 1:
        # A second call begins anew.
        count = len(losses)
        more, _, other = run_fit(module, case, train, dev, case.n_iter, case.batch)
        yield "losses", -2.0 if len(more) > count else float(count)
        yield "network", 2.0 if other is net else 1.0
        return
    yield "losses", _losses(losses)
    yield "steps", float(len(sizes))
    if sizes:
        yield "batch size", float(sizes[0] if sizes[0] != case.batch else max(sizes))
    else:
        yield "batch size", 0.0
    owners = [_owners(train[0], batch[0]) for batch in training.batches if batch and len(batch[0])]
    if case.classes:
        wrong = [
            int((train[1][own] != batch[1].reshape(-1)).sum())
            for own, batch in zip(owners, [batch for batch in training.batches if len(batch[0])], strict=True)
        ]
        yield "labels", 0.0 if sum(wrong) else 1.0
    seen = len({int(row) for own in owners for row in own})
    yield "new batches", 1.0 if seen > case.batch else 0.0
    yield "DataLoader", float(training.loaders > 0)
    yield "form", form(case, predictions, case.dev)
    yield "evaluation", 0.0 if training.unsettled else 1.0
    yield "network", _network(case, net, training, (train[0], dev, predictions))


def _network(case: Any, net: Any, training: Training, asked: tuple[Any, Any, Any]) -> float:
    """Whether the network that is returned makes the predictions, of images that are scaled as in training."""
    if training.unsettled:
        return 1.0
    if not training.forwards and training.earlier and not any(same(values(net), then) for then in training.earlier):
        return 3.0
    if other_scale(training):
        return 4.0
    return 1.0 if from_net(case, net, training, *asked) else 0.0


def sets(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """Training sets that batches do not fit, and development sets of a few rows."""
    train, dev = make_batch(case, case.rows, 0, case.constant), make_batch(case, 9, 1)[0]
    with watched_training(module) as training:
        losses, predictions, _ = run_fit(module, case, train, dev, case.n_iter, case.batch)
    if case.kind == "few rows":
        yield case.kind, _alone(module, case, train, dev, (training, array(predictions)))
        return
    ended = case.kind == "uneven batches" and 0 < len(training.batches) < case.n_iter
    if case.kind == "uneven batches" and training.batches:
        # The end of a set that batches fit is another place to go wrong.
        with watched_training(module) as even:
            run_fit(module, case, [part[: 2 * case.batch] for part in train], dev, case.n_iter, case.batch)
        training.batches += even.batches
    empty = any(len(batch[0]) == 0 for batch in training.batches)
    finite = bool(np.isfinite(numbers(losses)).all()) and bool(np.isfinite(array(predictions)).all())
    yield case.kind, 2.0 if empty else 3.0 if not finite else 4.0 if ended else 1.0


def _alone(module: Any, case: Any, train: tuple[Any, ...], dev: Any, together: tuple[Training, Any]) -> float:
    """Whether single rows are handed to the network, and predicted, as they are among others."""
    for row in range(3):
        with watched_training(module) as training:
            _, predictions, _ = run_fit(module, case, train, dev[row : row + 1], case.n_iter, case.batch)
        alone = np.asarray(array(predictions), dtype=float).ravel()
        among = np.asarray(together[1], dtype=float).reshape(len(dev), -1)[row]
        if alone.shape != among.shape or not np.all(np.abs(alone - among) <= SLACK):
            return 0.0
        for one, all_ in zip(handed_in(training, 1), handed_in(together[0], len(dev)), strict=False):
            if one is None or all_ is None or one.shape[1:] != all_.shape[1:]:
                continue
            if not same(list(one), list(all_[row : row + 1])):
                return 0.0
    return 1.0
