"""``reweight`` and ``FocalLoss``."""

from __future__ import annotations

from typing import Any

import torch

from .values import Yields, in_either_precision, number, numbers


def reweight(focal_loss: Any, case: Any) -> Yields:
    """reweight of a list of ints."""
    yield "weights", numbers(focal_loss.reweight(case.counts.tolist(), case.beta))


def focal(focal_loss: Any, case: Any) -> Yields:
    """FocalLoss and its gradient for the logits."""

    def run(dtype: torch.dtype) -> tuple[Any, Any]:
        weight = torch.from_numpy(case.weight.copy()).to(dtype) if hasattr(case, "weight") else None
        x = torch.from_numpy(case.x.copy()).to(dtype).requires_grad_()
        criterion = focal_loss.FocalLoss(weight=weight, gamma=case.gamma)
        return x, criterion(x, torch.from_numpy(case.labels.copy()))

    x, y = in_either_precision(run)
    yield "y", number(y) if isinstance(y, torch.Tensor) and y.numel() == 1 else numbers(y)
    y.sum().backward()
    if x.grad is None:
        raise ValueError("no gradient reaches the logits")
    yield "x.grad", x.grad.numpy()
