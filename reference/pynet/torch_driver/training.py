"""``train``: epochs that move nothing, one that learns, and the best model of five."""

from __future__ import annotations

import copy
from typing import Any

import torch

from . import seeds
from .best_model import best
from .given import RATE, SIZE, Images, Loader, Yields, begin, forwards, linear_model, loaders_of, striped
from .gradients import ALIKE, parallel

REPEATS = 6
LONG = 240
"""Batches of an epoch that is long enough for what is done every so many batches, or until so many of them.

Some add up the gradients of 2, 3, 4 or 5 batches for an update: none is left over.
"""
SEVERAL = 4


class _Still(torch.optim.SGD):
    """An optimizer that moves nothing, and writes down the gradients and the learning rate that it is given."""

    def step(self, closure: Any = None) -> Any:
        loss = None if closure is None else closure()
        given = vars(self).setdefault("given", [])
        given.append([None if p.grad is None else p.grad.clone() for p in self.param_groups[0]["params"]])
        vars(self).setdefault("rates", []).append(max(group["lr"] for group in self.param_groups))
        return loss


def _loss_code(model: Any, batch: Any, gradients: list[Any], fell: bool) -> float:
    """Whether the loss falls, and whether the first batch's gradient is that of a known mistake."""
    if any(gradient is None for gradient in gradients):
        return 1.0 if fell else 0.0
    x, y = batch
    flat = torch.cat([gradient.ravel() for gradient in gradients])
    scores = model(x)
    wrong = {2.0: scores.softmax(1), 3.0: scores.sigmoid(), 4.0: scores.relu()}
    for code, other in wrong.items():
        loss = torch.nn.functional.cross_entropy(other, y)
        made = torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)
        if parallel(flat, torch.cat([gradient.ravel() for gradient in made])):
            return code
    return 1.0 if fell else 0.0


def _still(module: Any, seed: int, epochs: int = 1) -> tuple[Any, Any, list[list[Any]], bool]:
    """An epoch with an optimizer that moves nothing, or several."""
    seeds.seed(seed)
    loaders = loaders_of(seed, REPEATS)
    model = linear_model()
    before = copy.deepcopy(model)
    optimizer = _Still(model.parameters(), lr=RATE)
    begin(module, loaders)
    module.train(model, optimizer, epochs)
    moved = not all(map(torch.equal, before.parameters(), model.parameters()))
    images = loaders["train"].dataset.tensors
    return before, [part[:SIZE] for part in images], vars(optimizer).get("given", []), moved


def _long_epoch(module: Any, seed: int) -> tuple[int, list[list[Any]]]:
    """An epoch of one batch again and again: how many of them are learned from, and the gradients."""
    seeds.seed(seed)
    x, y = striped(seed, 2)
    images = Images(x.repeat(LONG, 1, 1, 1), y.repeat(LONG))
    model = linear_model()
    optimizer = _Still(model.parameters(), lr=RATE)
    begin(module, {**loaders_of(seed, 1), "train": Loader("train", images, 2)})
    module.print_every = LONG
    with forwards() as seen:
        module.train(model, optimizer, 1)
    return sum(recorded for *_, recorded in seen), vars(optimizer).get("given", [])


def _rates(module: Any, seed: int) -> list[float]:
    """The learning rates of the updates of several epochs."""
    seeds.seed(seed)
    model = linear_model()
    optimizer = _Still(model.parameters(), lr=RATE)
    begin(module, loaders_of(seed, REPEATS))
    module.train(model, optimizer, SEVERAL)
    rates: list[float] = vars(optimizer).get("rates", [])
    return rates


def _updates(steps: int, of_two_epochs: int, moved: bool, learned: int, rates: list[float]) -> float:
    if moved:
        return 4.0
    if steps and learned < LONG:
        return 6.0
    if of_two_epochs != 2 * steps:
        return 5.0
    # A schedule may begin or end at 0.
    if 2 * rates.count(0.0) > len(rates):
        return 7.0
    return 0.0 if steps == 0 else 2.0 if steps < 3 else 1.0 if steps <= 2 * REPEATS else 3.0


def _alike(a: list[Any], b: list[Any]) -> bool:
    pairs = [(one, other) for one, other in zip(a, b, strict=True) if one is not None and other is not None]
    return bool(pairs) and all(float((x - y).norm()) <= (1 - ALIKE) * float(x.norm()) for x, y in pairs)


def _cleared(given: list[list[Any]], of_one_batch: list[list[Any]]) -> float:
    """The first and the third batch are the same: so are their gradients, if nothing of the earlier ones is left.

    Of one batch again and again, all are the same, or gradients are cleared only now and then.
    """
    if len(given) < 3:
        return -1.0
    third = 2 * max(1, len(given) // (2 * REPEATS))
    if not _alike(given[0], given[third]):
        return 0.0
    return 1.0 if all(_alike(of_one_batch[0], later) for later in of_one_batch[1:]) else 2.0


def train(module: Any, case: Any) -> Yields:
    """Epochs that move nothing, one that learns, and five with weights that are known."""
    model, first, given, moved = _still(module, case.seed)
    of_two = _still(module, case.seed, 2)[2]
    learned, of_one_batch = _long_epoch(module, case.seed)
    yield "updates", _updates(len(given), len(of_two), moved, learned, _rates(module, case.seed))
    yield "cleared", _cleared(given, of_one_batch)
    seeds.seed(case.seed)
    learner, loaders = linear_model(), loaders_of(case.seed, REPEATS)
    x, y = loaders["train"].dataset.tensors
    before, old = float(torch.nn.functional.nll_loss(learner(x), y)), copy.deepcopy(learner)
    begin(module, loaders)
    module.train(learner, torch.optim.SGD(learner.parameters(), lr=RATE), 1)
    learner.eval()
    same = sum(map(torch.equal, old.parameters(), learner.parameters()))
    yield "parameters", {0: 1.0, 1: 2.0}.get(same, 0.0)
    fell = float(torch.nn.functional.nll_loss(learner(x), y)) < before
    yield "loss", _loss_code(model, first, given[0] if given else [None], fell)
    yield from best(module, case.seed)
