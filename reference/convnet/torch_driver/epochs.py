"""``train`` and ``validate``: a model of one layer notes how it is called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from .values import Yields, in_either_precision, number, numbers


class _Noting(torch.nn.Module):
    """A linear layer, or without a weight the identity."""

    def __init__(self, weight: Any = None, bias: Any = None) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1, 1) if weight is None else torch.from_numpy(weight.copy()))
        self.bias = torch.nn.Parameter(torch.zeros(1) if bias is None else torch.from_numpy(bias.copy()))
        self.linear = weight is not None
        self.modes: list[bool] = []
        self.recording: list[bool] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.modes.append(self.training)
        self.recording.append(torch.is_grad_enabled())
        return torch.nn.functional.linear(x, self.weight, self.bias) if self.linear else x * self.weight + self.bias


class _Doubled(torch.nn.CrossEntropyLoss):
    """Twice the cross entropy, trained with half the learning rate: only another loss makes another step of it."""

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:  # noqa: A002
        return 2 * super().forward(input, target)


def _loader(case: Any, dtype: torch.dtype) -> Any:
    data = torch.utils.data.TensorDataset(
        torch.from_numpy(case.x.copy()).to(dtype), torch.from_numpy(case.labels.copy())
    )
    return torch.utils.data.DataLoader(data, batch_size=case.batch_size)


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _prepare(main: Any) -> None:
    """Scripts whose functions read parsed arguments from a global find some."""
    if not hasattr(main, "args"):
        main.args = SimpleNamespace(batch_size=4, epochs=1, learning_rate=0.1, reg=0.0, momentum=0.0, warmup=0)


def train(main: Any, case: Any) -> Yields:
    """train: the parameters after one epoch of plain SGD."""
    _prepare(main)

    def run(dtype: torch.dtype) -> _Noting:
        model = _Noting(case.weight, case.bias).to(dtype)
        if case.used_before:
            model.eval()
        optimizer = torch.optim.SGD(model.parameters(), lr=case.learning_rate / 2)
        main.train(0, _loader(case, dtype), model, optimizer, _Doubled())
        return model

    model = in_either_precision(run)
    yield "weight", model.weight.detach().numpy()
    yield "bias", model.bias.detach().numpy()
    yield "train mode", _share(model.modes)


def validate(main: Any, case: Any) -> Yields:
    """validate: the logits are the samples themselves."""
    _prepare(main)

    def run(dtype: torch.dtype) -> tuple[_Noting, Any]:
        model = _Noting().to(dtype).train()
        return model, main.validate(0, _loader(case, dtype), model, torch.nn.CrossEntropyLoss())

    model, result = in_either_precision(run)
    both = isinstance(result, (tuple, list)) and len(result) == 2
    yield ("accuracy", "confusion"), (number(result[0]), numbers(result[1])) if both else result
    yield "evaluation mode", 1 - _share(model.modes) if model.modes else 0.0
    yield "without gradients", 1 - _share(model.recording) if model.modes else 0.0
