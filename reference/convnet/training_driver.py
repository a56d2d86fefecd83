"""How the NumPy network of the convnet homework trains. Runs beside the student's code, with NumPy only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np


def _parameters(model: Any) -> list[Any]:
    """Copies of every weight and bias."""
    found = [getattr(module, name, None) for module in model.modules for name in ("weight", "bias")]
    return [np.array(array) for array in found if array is not None]


def _verdict(losses: Any, moved: bool) -> float:
    """1 when the loss falls, else a code of what is seen instead."""
    if not np.isfinite(losses).all():
        return 0.0
    if not moved:
        return 2.0
    if losses[-1] < losses[0]:
        return 1.0
    return 4.0 if losses.min() < 0.9 * losses[0] else 3.0


def overfit(*given: Any) -> Iterator[tuple[str, Any]]:
    """The network and the training of train.py, on fewer and smaller pictures; the trainer is the provided one."""
    *_, conv_classifier, sgd, trainer, case = given
    side = case.x.shape[-1]
    network = [
        {
            "type": "Conv2D",
            "in_channels": 3,
            "out_channels": case.channels,
            "kernel_size": 3,
            "stride": 1,
            "padding": 1,
        },
        {"type": "ReLU"},
        {"type": "MaxPooling", "kernel_size": 2, "stride": 2},
        {"type": "Linear", "in_dim": case.channels * (side // 2) ** 2, "out_dim": case.classes},
    ]
    model = conv_classifier.ConvNet(network, {"type": "SoftmaxCrossEntropy"})
    optimizer = sgd.SGD(model, learning_rate=case.learning_rate, reg=case.reg, momentum=case.momentum)
    training = trainer.Trainer(model, optimizer, case.batch_size, case.order)
    before = _parameters(model)
    with np.errstate(all="ignore"):
        training.run(case.x, case.labels, case.epochs)
        moved = False
        with suppress(Exception):
            moved = not all(map(np.array_equal, before, _parameters(model)))
        losses = np.array([float(loss) for loss in training.losses])
        yield "curve loss", losses
        yield "curve accuracy", np.array([float(share) for share in training.accuracies])
        yield "loss", _verdict(losses, moved)
        probs, _ = model.forward(case.x, case.labels)
    yield "predictions", np.asarray(probs).argmax(axis=1)
