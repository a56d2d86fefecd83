"""Networks of part 2 whose parameters lie in another form than the usual one are compared all the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from checker.bounds import FLOAT32, K
from checker.operator import Operator
from reference.operators.two_layer_sigmoid import two_layer_sigmoid
from reference.operators.vanilla_cnn import vanilla_cnn


class VanillaCNN(nn.Sequential):
    """Its linear layer is a convolution over the whole picture."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 32, 7), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 10, 13), nn.Flatten(start_dim=1)
        )


class TwoLayerNet(nn.Module):
    """Weights the other way round, and biases with an axis of 1."""

    def __init__(self, inputs: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.w1, self.b1 = nn.Parameter(torch.zeros(inputs, hidden)), nn.Parameter(torch.zeros(1, hidden))
        self.w2, self.b2 = nn.Parameter(torch.zeros(hidden, classes)), nn.Parameter(torch.zeros(1, classes))

    def forward(self, x: torch.Tensor) -> Any:
        return torch.sigmoid(x.flatten(1) @ self.w1 + self.b1) @ self.w2 + self.b2


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The driver, whose stand-ins for yaml do not stay behind."""
    for name in ("yaml", "yaml.loader"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    yield import_module("reference.convnet.torch_driver.networks")


@pytest.mark.parametrize(("call", "operator"), [("cnn", vanilla_cnn), ("twolayer", two_layer_sigmoid)])
def test_parameters_in_another_form(call: str, operator: Operator, networks: Any) -> None:
    """Every output arrives and is right."""
    module = SimpleNamespace(VanillaCNN=VanillaCNN, TwoLayerNet=TwoLayerNet)
    for case in operator.examples:
        given = SimpleNamespace(**{k: v.copy() for k, v in case.arrays.items()}, **case.options)
        outputs = dict(getattr(networks, call)(module, given))
        expected = operator.reference(case)
        allowed = operator.bound(case, expected, FLOAT32)
        assert outputs.keys() == expected.keys()
        for name, right in expected.items():
            assert np.shape(outputs[name]) == right.shape
            assert np.all(np.abs(outputs[name] - right) <= K * allowed[name] + 1e-12), name
