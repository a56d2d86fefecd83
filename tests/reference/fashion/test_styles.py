"""Networks in styles of their own: what is asked of them must not depend on the style."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from checker.drawing import simplest
from checker.operator import Operator
from reference.fashion import torch_driver
from reference.operators.autoencoder import autoencoder_network
from reference.operators.training_behaviour import classifier_network

CLASSIFIER = """
import torch

class NeuralNet(torch.nn.Module):
    def __init__(self, lrate, loss_fn, in_size, out_size):
        super().__init__()
        self.a, self.b = torch.nn.Linear(in_size, 128).double(), torch.nn.Linear(128, out_size).double()
    def get_parameters(self):
        return [parameter.data for parameter in self.parameters()]
    def forward(self, x):
        return self.b(self.a(x.double()).relu())
    def step(self, x, y):
        pass

def fit(train_set, train_labels, dev_set, n_iter, batch_size=100):
    pass
"""
AUTOENCODER = """
import torch

class NeuralNet(torch.nn.Module):
    def __init__(self, lrate, loss_fn, in_size, out_size):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 2, stride=2)).double()
        self.decoder = torch.nn.Sequential(torch.nn.ConvTranspose2d(4, 1, 2, stride=2), torch.nn.Sigmoid()).double()
    def get_parameters(self):
        return list(self.parameters())
    def forward(self, x):
        return self.decoder(self.encoder(x.double().reshape(-1, 1, 28, 28))).reshape(x.shape)
    def step(self, x):
        pass

def fit(train_set, dev_set, n_iter, batch_size=100):
    pass
"""


def _answers(code: str, operator: Operator, call: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """What the driver yields for a file, and what is expected."""
    module = ModuleType("neuralnet_style")
    # Networks are saved, so their class must be found.
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(code, vars(module))
    case = simplest(operator.cases)
    asked = type("Asked", (), {**case.options, **case.protocol})
    outputs = {
        name: value.tolist() if hasattr(value, "tolist") else value
        for name, value in getattr(torch_driver, call)(module, asked)
    }
    return outputs, {name: value.tolist() for name, value in operator.reference(case).items()}


def test_float64_and_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of float64, in a file that draws, which lists the data of its parameters."""
    got, expected = _answers(CLASSIFIER, classifier_network(3, hidden=128), "network", monkeypatch)
    assert got == expected


def test_an_autoencoder_of_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its halves are called alone, too, with what they take."""
    got, expected = _answers(AUTOENCODER, autoencoder_network(), "autoencoder", monkeypatch)
    assert {**got, "code size": 1.0} == {**expected, "code size": 1.0}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("return self.b(self.a(x.double()).relu())", "return self.b(self.a(x.double()).relu()).clamp(min=0)", 7.0),
        ("return self.b(self.a(x.double()).relu())", "y = self.b(self.a(x.double()).relu()); return y * (y > 0)", 6.0),
        (
            "return self.b(self.a(x.double()).relu())",
            "y = self.b(self.a(x.double())).exp(); return y / y.sum(1)[:, None]",
            2.0,
        ),
    ],
    ids=["clamp", "mask", "exponentials"],
)
def test_activations_by_hand(old: str, new: str, code: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are seen in the values, where no function has their name."""
    got, _ = _answers(CLASSIFIER.replace(old, new), classifier_network(3, hidden=128), "network", monkeypatch)
    assert got["activation"] == code
    assert got["evaluation"] == 1.0


def test_layers_in_a_plain_list_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """They learn like others, and get_parameters has to list them."""
    held = CLASSIFIER.replace("self.a, self.b = torch.nn.Linear(in_size, 128).double(),", "self.held, self.b = [A],")
    held = held.replace("[A]", "[torch.nn.Linear(in_size, 128).double()]").replace("self.a(", "self.held[0](")
    got, expected = _answers(held, classifier_network(3, hidden=128), "network", monkeypatch)
    assert got == {**expected, "get_parameters": 3.0}
