"""The student's own model, trained by the student's own code, and its optimizer."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from .given import Images, Loader, Yields, begin
from .gradients import parallel
from .offers import made_by, untrained

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
BATCH, MOST_EPOCHS, ENOUGH = 32, 10, 0.45
VALIDATION = 500
MOST_SECONDS = 300.0
"""CPU time after which no new epoch begins."""


def _standard(images: Any, labels: Any, *, train: bool = True) -> Images:
    scaled = torch.tensor(images, dtype=torch.float32) / 255
    mean, deviation = (torch.tensor(numbers).reshape(1, 3, 1, 1) for numbers in (MEAN, STD))
    return Images((scaled - mean) / deviation, torch.tensor(labels), train=train)


def _scores(model: Any, images: Any) -> Any:
    model.eval()
    with torch.no_grad():
        return torch.cat([model(part) for part in images.split(100)])


@contextmanager
def _first_pass(net: Any) -> Iterator[list[Any]]:
    """The scores of the first batch that the student's code learns from, and then their gradient."""
    seen: list[Any] = []

    def listen(layer: Any, given: Any, scores: Any) -> None:
        if layer is net and not seen and getattr(scores, "requires_grad", False):
            seen.append(scores.detach())
            scores.register_hook(lambda gradient: seen.append(gradient.clone()) if len(seen) == 1 else None)

    # A hook of the network itself would be saved with it.
    hook = torch.nn.modules.module.register_module_forward_hook(listen)
    try:
        yield seen
    finally:
        hook.remove()


def _softmax_twice(seen: list[Any]) -> bool:
    """Whether probabilities go into a cross entropy as if they were scores, as their gradient tells."""
    if len(seen) < 2:
        return False
    scores, gradient = seen
    if not bool((scores >= 0).all()) or not bool(((scores.sum(1) - 1).abs() < 2.0**-16).all()):
        return False
    labels = torch.nn.functional.one_hot(gradient.argmin(1), scores.shape[1])
    return parallel(gradient, scores.softmax(1) - labels)


def _likelihood_of_scores(seen: list[Any]) -> bool:
    """Whether a loss that takes logarithms of probabilities gets scores: only the right class has a gradient."""
    if len(seen) < 2:
        return False
    scores, gradient = seen
    own = gradient < 0
    return (
        bool((own.sum(1) == 1).all())
        and bool((own == (gradient != 0)).all())
        and bool((scores.logsumexp(1).abs() > 2.0**-10).any())
    )


def _frozen(net: Any) -> float:
    """How many weights and biases cannot learn, where that is more than half of the network."""
    parts = list(net.parameters())
    frozen = [part for part in parts if not part.requires_grad]
    most = 2 * sum(part.numel() for part in frozen) > sum(part.numel() for part in parts)
    return float(len(frozen)) if most else 0.0


def model(module: Any, case: Any) -> Yields:
    """The student's model, trained by the student's code until it is good enough, or for ten epochs."""
    net, optimizer = untrained(module)
    kept = len(case.x) - VALIDATION
    data, val = _standard(case.x[:kept], case.labels[:kept]), _standard(case.x[kept:], case.labels[kept:])
    test_images = _standard(case.test, np.zeros(len(case.test), dtype=np.int64), train=False)
    yield "shape", np.array(_scores(copy.deepcopy(net), val.tensors[0][:7]).shape, dtype=float)
    loaders = {
        "train": Loader("train", data, BATCH, shuffle=True),
        "val": Loader("val", val, BATCH),
        "test": Loader("test", val, BATCH),
    }
    begin(module, loaders)
    module.print_every = 100
    reached, curve = copy.deepcopy(net), [0.0]
    begun = time.process_time()
    with _first_pass(net) as seen:
        while len(curve) <= MOST_EPOCHS and max(curve) < ENOUGH and time.process_time() - begun < MOST_SECONDS:
            module.train(net.train(), optimizer, 1)
            right = float((_scores(net, val.tensors[0]).argmax(1) == val.tensors[1]).float().mean())
            if right > max(curve):
                reached = copy.deepcopy(net)
            curve.append(right)
    yield "scores", 2.0 if _softmax_twice(seen) else 3.0 if _likelihood_of_scores(seen) else 1.0
    yield "frozen", _frozen(net)
    yield "curve accuracy", np.array(curve[1:])
    yield "predictions", _scores(reached, test_images.tensors[0]).argmax(1).numpy().astype(float)


def _learned(net: Any) -> list[Any]:
    """What can learn: parameters of the model, and of layers that it holds in plain lists, which torch does not see."""
    found: dict[int, Any] = {}
    waiting: list[Any] = [net]
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, torch.nn.Parameter):
            if value.requires_grad:
                found[id(value)] = value
        elif isinstance(value, torch.nn.Module):
            if id(value) not in seen:
                seen.add(id(value))
                waiting += vars(value).values()
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return list(found.values())


def optimizer(module: Any, case: Any) -> Yields:
    """What the optimizer is, and what it leaves out."""
    net, made = made_by(module)
    right = isinstance(made, torch.optim.Optimizer)
    yield "kind", 1.0 if right else 0.0
    have = {id(p) for group in getattr(made, "param_groups", ()) for p in group["params"]}
    yield "left out", float(sum(id(p) not in have for p in _learned(net)))
