"""The functions of layers.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .meanwhile import meanwhile


def fc(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """fc_forward and fc_backward."""
    y, cache = layers.fc_forward(case.x, case.weight, case.bias)
    # Before y is looked at: it may lie in memory that the next call uses again.
    meanwhile(
        case,
        lambda: layers.fc_forward(2 * case.x + 1, case.weight.copy(), case.bias.copy()),
        lambda: layers.fc_forward(2 * case.x[:1], 2 * case.weight, 2 * case.bias),
    )
    yield "y", y
    yield ("x.grad", "weight.grad", "bias.grad"), layers.fc_backward(case.dy, cache)


def relu(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """relu_forward and relu_backward."""
    y, cache = layers.relu_forward(case.x)
    meanwhile(case, lambda: layers.relu_forward(1 - case.x), lambda: layers.relu_forward(-case.x[:1]))
    yield "y", y
    yield "x.grad", layers.relu_backward(case.dy, cache)
    yield "dy afterwards", case.dy


def softmax(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """softmax_loss."""
    yield ("y", "x.grad"), layers.softmax_loss(case.x, case.labels)


def l2(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """l2_regularization."""
    yield ("y", "w.grad"), layers.l2_regularization(case.w, case.reg)
