"""One update: how large the loss was, what moves, and what is left over for the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import torch

from .learned import SLACK, near, same, tensors, values
from .twins import RATE, loss_of, make, make_batch, seed
from .watching import watched_updates


def _forward(net: Any, x: Any) -> Any:
    seed(1)
    return net.train().forward(x)


def _step(net: Any, batch: tuple[Any, ...]) -> Any:
    seed(1)
    return net.step(*[part.clone() for part in batch])


def _loss_code(case: Any, module: Any, net: Any, value: float, y: Any, batch: tuple[Any, ...]) -> float:
    """What the returned number is; ``y`` came out before the update and ``net`` has made it."""
    right = float(loss_of(case, y, batch))
    entries = y.numel() / len(y)
    if near(value, right):
        return 1.0
    other = make_batch(case, 5, 2)
    twin = make(module, case)
    before = float(loss_of(case, _forward(make(module, case), other[0]), other))
    added = float(_step(twin, other)) - before
    if added > 0 and near(value - right, added):
        # What is added is the same for another batch: a penalty on the weights.
        return 1.0
    guesses: dict[float, Callable[[], Any]] = {
        2.0: lambda: loss_of(case, _forward(net, batch[0]), batch),
        3.0: lambda: right * len(y),
        4.0: lambda: right / len(y),
        5.0: lambda: loss_of(case, y.softmax(-1), batch),
        6.0: lambda: loss_of(case, y.sigmoid(), batch),
        7.0: lambda: loss_of(case, y.relu(), batch),
        8.0: lambda: 0.0,
        9.0: lambda: right * entries * (1 if case.classes else len(y)),
    }
    return next((code for code, guess in guesses.items() if near(value, float(guess()))), 0.0)


def _multiplied(net: Any, gradients: Sequence[Any], given: Mapping[int, Any]) -> bool:
    """Whether the update gets two or three times the gradient of the loss: from the optimizer, else as it is left."""
    pairs = [
        (gradient.ravel(), made.ravel())
        for tensor, gradient in zip(tensors(net), gradients, strict=True)
        if gradient is not None and (made := given.get(id(tensor), tensor.grad)) is not None
    ]
    if not pairs:
        return False
    right, made = (torch.cat(parts) for parts in zip(*pairs, strict=True))
    # A small penalty on the weights may be among it.
    return any(float((made - times * right).norm()) < 1e-3 * float(right.norm()) for times in (2, 3))


def step(module: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """One update, and what it does to the next."""
    first, second = make_batch(case, 6, 0), make_batch(case, 4, 1)
    twin, net = make(module, case), make(module, case)
    before = values(net)
    y = _forward(twin, first[0])
    gradients = torch.autograd.grad(loss_of(case, y, first), tensors(twin), retain_graph=True, allow_unused=True)
    with watched_updates() as (steps, starts, given):
        returned = _step(net, first)
    number = None
    with suppress(Exception):
        number = float(returned)
    after = values(net)
    yield "number", returned
    yield "loss", 0.0 if number is None else _loss_code(case, module, net, number, y.detach(), first)
    moved = not all(map(torch.equal, before, after))
    slopes = [float(((b - a) * g).sum()) for a, b, g in zip(before, after, gradients, strict=True) if g is not None]
    count = float(len(steps) or max(1, len(starts)))
    if moved and count == 1.0 and _multiplied(net, gradients, given):
        count = -2.0
    yield "update", 0.0 if not moved else count if sum(slopes) < 0 else -1.0
    if not moved:
        yield ("all layers", "cleared", "optimizer", "lrate"), (-1.0, -1.0, -1.0, -1.0)
        return
    yield (
        "all layers",
        float(
            sum(
                g is not None and torch.equal(a, b) and float(RATE * g.abs().max()) > SLACK * float(a.abs().max())
                for a, b, g in zip(before, after, gradients, strict=True)
            )
        ),
    )
    other = make(module, case)
    _step(other, first)
    for tensor in tensors(other):
        tensor.grad = None
    with watched_updates() as (later, *_):
        _step(net, second)
    _step(other, second)
    yield "cleared", 1.0 if same(values(net), values(other)) else 0.0
    rebuilt = bool(steps and later and steps[0] is not later[0] and any(later[0].state.values()))
    yield "optimizer", 0.0 if rebuilt else 1.0
    still = make(module, case, 0.0)
    before = values(still)
    _step(still, first)
    yield "lrate", 1.0 if all(map(torch.equal, before, values(still))) else 0.0
