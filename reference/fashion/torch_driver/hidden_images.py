"""Training as the command line runs it, on images of which the grader has the labels; then the network handed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np
import torch

from . import saved_network
from .predictions import array, as_given, numbers
from .watching import watched_training

MOST_WAYS = {"classes": 9, "images": 2}
"""Ways to hand in the images that are tried: whole images come back of each."""


def held_out(module: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """Training as the command line runs it; the test set takes the place of the development set."""
    x, test = (torch.tensor(images, dtype=torch.float32) for images in (case.x, case.test))
    if case.classes:
        train: tuple[Any, ...] = (x, torch.tensor(case.labels, dtype=torch.int64))
    else:
        train, test = (x / 255,), test / 255
    with watched_training(module) as training:
        losses, predictions, net = module.fit(*train, test, case.n_iter)
    with suppress(TypeError, ValueError):
        yield "curve loss", numbers(losses)
    predicted = np.asarray(array(predictions), dtype=float)
    yield "predictions", predicted
    code, saved = saved_network.load(module, case)
    names = "saved", "same layers", "saved predictions"
    if code == 0.0:
        yield names, (1.0, 1.0, predicted[None])
    elif saved is None:
        yield names, (code, -1.0, np.full_like(predicted[None], np.nan))
    else:
        given = as_given(saved, net, training, train[0], test)
        ways = saved_network.outputs(saved, islice(given, MOST_WAYS["classes" if case.classes else "images"]))
        made = [(way.argmax(dim=1) if case.classes else way).numpy().astype(float) for way in ways]
        alike = 1.0 if saved_network.alike(module, case, saved) else 0.0
        yield names, (code, alike, np.stack(made or [np.full_like(predicted, np.nan)]))
