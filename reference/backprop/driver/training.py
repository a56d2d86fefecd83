"""The training step, and training with it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from .net import PARAMETERS, entry, keys_of


def _model(classifier: Any, named: dict[str, Any]) -> Any:
    """A right linear classifier, or two-layer net, around these parameters: it computes with what this dict holds."""
    order = list(named)

    class Model(classifier.Classifier):  # type: ignore[misc]
        def parameters(self) -> Any:
            return named

        def forward(self, X: Any) -> Any:  # noqa: N803 - the name of the homework
            arrays = [named[key] for key in order]
            sums = X @ arrays[0] + arrays[1]
            if len(arrays) == 2:
                return sums, (X, None)
            hidden = np.maximum(sums, 0)
            return hidden @ arrays[2] + arrays[3], (X, hidden)

        def backward(self, grad_scores: Any, cache: Any) -> Any:
            x, hidden = cache
            if hidden is None:
                gradients = [x.T @ grad_scores, grad_scores.sum(0)]
            else:
                down = (grad_scores @ named[order[2]].T) * (hidden > 0)
                gradients = [x.T @ down, down.sum(0), hidden.T @ grad_scores, grad_scores.sum(0)]
            return dict(zip(order, gradients, strict=True))

    return Model()


OVERWRITTEN = 7.0


def own_keys() -> list[Any]:
    """The keys of the student's own net, or common ones where there is none."""
    try:
        net = importlib.import_module("two_layer_net").TwoLayerNet(2, 4, 3, 1.0)
        keys = keys_of(net.parameters(), 2, 4)
        if len(set(keys)) == 4:
            return keys
    except Exception:  # judged where the net is graded
        pass
    return ["W1", "b1", "W2", "b2"]


def _earlier_step(train: Any, model: Any, arrays: dict[str, Any], case: Any) -> None:
    """A step of the same model on another batch with other parameters, which then are in the same arrays as before."""
    held = dict(arrays)
    values = {key: array.copy() for key, array in arrays.items()}
    for array in arrays.values():
        array *= 2
    with suppress(Exception):
        train.training_step(model, 2 * case.x[:1], case.labels[:1].copy(), case.reg)
    arrays.clear()
    arrays.update(held)
    for key, array in arrays.items():
        array[...] = values[key]


def training_step(train: Any, classifier: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """training_step of a linear classifier with the keys W and b, or of a two-layer net with those of the student's."""
    names = [name for name in PARAMETERS if hasattr(case, name)]
    if case.names == "others":
        keys = ["slopes", "offsets", "mixing", "levels"][: len(names)]
    else:
        keys = own_keys() if len(names) == 4 else ["W", "b"]
    arrays = dict(zip(keys, (getattr(case, name) for name in names), strict=True))
    model = _model(classifier, arrays)
    if case.used_before:
        _earlier_step(train, model, arrays, case)
    returned = train.training_step(model, case.x, case.labels, case.reg)
    if returned is None:
        returned = None, None
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise TypeError(f"asked for two values, the loss and the gradients; got {type(returned).__name__}")
    loss, gradients = returned
    yield "loss", loss
    for name, key in zip(names, keys, strict=True):
        yield f"{name[:-1]}.grad[{int(name[-1]) - 1}]", entry(gradients, key)
    if gradients is None:
        yield tuple(f"parameters[{i}]" for i in range(len(keys))), (None,) * len(keys)
        return
    # What is done with the gradients later must not reach the parameters.
    for gradient in gradients.values():
        if isinstance(gradient, np.ndarray) and gradient.flags.writeable:
            gradient.fill(OVERWRITTEN)
    for i, key in enumerate(keys):
        yield f"parameters[{i}]", model.parameters()[key]


def fit(train: Any, two_layer_net: Any, optim: Any, data: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """The student's net, trained with the student's step: losses, and the classes of some images."""
    net = two_layer_net.TwoLayerNet(case.x.shape[1], case.classes, case.hidden_dim, case.weight_scale)
    optimizer = optim.SGD(net.parameters(), case.learning_rate)
    generator = np.random.default_rng(0)
    losses = []
    for _ in range(case.epochs):
        for x, labels in data.batches(case.x, case.labels, case.batch_size, generator):
            loss, gradients = train.training_step(net, x, labels, case.reg)
            optimizer.step(gradients)
            losses.append(float(loss))
    yield "curve loss", np.array(losses)
    yield "predictions", net.predict(case.test)


def fit_few(train: Any, two_layer_net: Any, optim: Any, data: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """The same on few images."""
    yield from fit(train, two_layer_net, optim, data, case)
