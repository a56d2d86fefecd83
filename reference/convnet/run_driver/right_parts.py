"""Right networks and losses: a mistake in the student's own is asked about elsewhere."""

from __future__ import annotations

from typing import Any

import torch

from .surroundings import stand_in


class _Linear(torch.nn.Module):
    """Any network for pictures of 3x32x32, made with any arguments."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(3072, 10)

    def forward(self, x: torch.Tensor) -> Any:
        return self.linear(x.flatten(1))


class TwoLayerNet(_Linear):
    """In the place of the student's."""


class VanillaCNN(_Linear):
    """In the place of the student's."""


class MyModel(_Linear):
    """In the place of the student's."""


CLASSES = {"TwoLayerNet": "TwoLayerNet", "VanillaCNN": "VanillaCNN", "MyModel": "MyModel", "ResNet-32": "ResNet"}
"""The class of each network that a configuration can name; ResNet-32 is the provided one."""


def reweight(cls_num_list: Any, beta: float = 0.9999) -> Any:
    """Weights by the effective number of samples."""
    counts = torch.as_tensor(cls_num_list, dtype=torch.float64)
    weights = (1 - beta) / (1 - beta**counts)
    return weights / weights.sum() * len(weights)


class FocalLoss(torch.nn.Module):
    """The softmax form."""

    def __init__(self, weight: Any = None, gamma: float = 0.0) -> None:
        super().__init__()
        self.weight = None if weight is None else torch.as_tensor(weight)
        self.gamma = gamma

    def forward(self, input: Any, target: Any) -> Any:  # noqa: A002
        log_p = input.log_softmax(1).gather(1, target[:, None])[:, 0]
        loss = -((1 - log_p.exp()) ** self.gamma) * log_p
        return (loss if self.weight is None else loss * self.weight.to(loss.dtype)[target]).mean()


stand_in("models.twolayer", TwoLayerNet=TwoLayerNet)
stand_in("models.cnn", VanillaCNN=VanillaCNN)
stand_in("models.my_model", MyModel=MyModel)
stand_in("losses.focal_loss", FocalLoss=FocalLoss, reweight=reweight)
