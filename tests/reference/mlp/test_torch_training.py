"""The PyTorch training scripts are seen as they are, however they are written."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from checker.assignment import PROJECT
from checker.operator import Case
from reference.mlp import torch_driver
from reference.mlp.torch_driver.able import MLP, ConvNet, able_convnet, able_mlp
from reference.mlp.torch_driver.listening import listening
from reference.mlp.torch_driver.passes import Passes, signatures
from reference.mlp.torch_driver.script import EnoughError
from reference.mlp.torch_flags import MLP_EXAMPLES, mlp_flags
from reference.mlp.torch_rubric import CODE

SCRIPT = """
import argparse
import numpy, torch
from cifar10_utils import get_cifar10
import mlp_pytorch

parser = argparse.ArgumentParser()
for name, kind in (("dnn_hidden_units", str), ("learning_rate", float), ("max_steps", int), ("batch_size", int),
                   ("eval_freq", int), ("data_dir", str), ("neg_slope", float)):
    parser.add_argument("--" + name, type=kind)
flags = parser.parse_args()
data = get_cifar10(flags.data_dir)
units = [int(n) for n in flags.dnn_hidden_units.split(",") if n]
net = mlp_pytorch.MLP(3072, units, 10, flags.neg_slope)
rows = lambda images: torch.from_numpy(images.reshape(len(images), -1))
OPTIMIZER
for step in range(flags.max_steps):
    x, t = data.train.next_batch(flags.batch_size)
    loss = torch.nn.functional.cross_entropy(net(rows(x)), torch.tensor(t.argmax(1)))
    UPDATE
    if step % flags.eval_freq == 0:
        with torch.no_grad():
            net(rows(TEST))
"""
STYLES = {
    "SGD": ("o = torch.optim.SGD(net.parameters(), flags.learning_rate)", "o.zero_grad(); loss.backward(); o.step()"),
    "Adam": ("o = torch.optim.Adam(net.parameters(), flags.learning_rate)", "o.zero_grad(); loss.backward(); o.step()"),
    "by hand": (
        "",
        "net.zero_grad(); loss.backward(); [p.data.sub_(flags.learning_rate * p.grad) for p in net.parameters()]",
    ),
    "without backward()": (
        "P = list(net.parameters())",
        "[p.data.sub_(flags.learning_rate * g) for p, g in zip(P, torch.autograd.grad(loss, P))]",
    ),
    "two optimizers": (
        "O = [torch.optim.SGD(layer.parameters(), flags.learning_rate) for layer in net.layers[::2]]",
        "net.zero_grad(); loss.backward(); [o.step() for o in O]",
    ),
}
NORMAL = MLP_EXAMPLES[1]


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """A module with the class MLP that scripts import, and the provided reader of the data."""
    module = ModuleType("mlp_pytorch")
    vars(module)["MLP"] = MLP
    monkeypatch.setitem(sys.modules, "mlp_pytorch", module)
    monkeypatch.syspath_prepend(str(PROJECT / "student/mlp" / CODE))
    monkeypatch.setattr(sys, "argv", ["pytest"])
    monkeypatch.chdir(tmp_path)
    importlib.import_module("cifar10_utils")
    yield module
    del sys.modules["cifar10_utils"]


def _seen(
    owner: ModuleType, folder: Path, style: str, test: str = "data.test.images", **edits: tuple[str, str]
) -> dict[str, Any]:
    optimizer, update = STYLES[style]
    text = SCRIPT.replace("OPTIMIZER", optimizer).replace("UPDATE", update).replace("TEST", test)
    for old, new in edits.values():
        assert old in text
        text = text.replace(old, new)
    path = folder / "script.py"
    path.write_text(text)
    given = SimpleNamespace(**NORMAL.options, **NORMAL.protocol)
    return dict(torch_driver.mlp_flags(owner, SimpleNamespace(__file__=str(path)), given))


def _wrong(case: Case, seen: dict[str, Any]) -> set[str]:
    expected = mlp_flags.reference(case)
    return {name for name in expected if name not in seen or not np.array_equal(expected[name], seen[name])}


@pytest.mark.parametrize("style", STYLES)
def test_a_right_script_is_right_with_any_optimizer(owner: ModuleType, tmp_path: Path, style: str) -> None:
    """Or with none: updates are seen by what they change."""
    assert _wrong(NORMAL, _seen(owner, tmp_path, style)) == set()


@pytest.mark.parametrize(
    "pictures",
    [
        "data.test.images / 255",
        "(data.test.images - 7) / data.test.images.std((0, 2, 3), keepdims=True)",
        "data.test.images / (1 + numpy.arange(3072).reshape(3, 32, 32)).astype('float32')",
    ],
)
def test_the_test_set_is_known_however_it_is_scaled(owner: ModuleType, tmp_path: Path, pictures: str) -> None:
    """As a whole, channel by channel, or pixel by pixel, where only the number of pictures tells."""
    assert _wrong(NORMAL, _seen(owner, tmp_path, "SGD", pictures)) == set()


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("o.zero_grad(); ", "", {"cleared"}),
        ("data.train.next_batch", "data.test.next_batch", {"training set"}),
        ("flags.learning_rate", "0.01", {"learning_rate"}),
        ("with torch.no_grad()", "if True", {"without gradients"}),
        ("data.test.images", "data.train.images", {"eval_freq", "evaluation mode", "without gradients"}),
        ("flags.neg_slope)", "0.1)", {"neg_slope"}),
        ("flags.data_dir)", "'data')", {"data_dir"}),
        ("o.step()", "o.step(); o.step()", {"max_steps", "eval_freq"}),
        ("    x, t =", "    numpy.random.seed(0); data.train._next = 0; x, t =", {"batch_size"}),
    ],
)
def test_a_fault_is_seen_and_nothing_else(owner: ModuleType, tmp_path: Path, old: str, new: str, wrong: Any) -> None:
    """Each of them costs what it breaks."""
    assert _wrong(NORMAL, _seen(owner, tmp_path, "SGD", edit=(old, new))) == wrong


def test_dropout_that_is_active_while_testing_is_seen(owner: ModuleType, tmp_path: Path) -> None:
    """A network of another class than the homework's is heard, too."""
    edit = ("net = mlp_pytorch.MLP(", "net = torch.nn.Sequential(torch.nn.Dropout(), mlp_pytorch.MLP(")
    close = ("flags.neg_slope)", "flags.neg_slope))")
    seen = _seen(owner, tmp_path, "SGD", edit=edit, close=close)

    assert _wrong(NORMAL, seen) == {"evaluation mode"}


def test_a_script_that_never_ends_is_stopped() -> None:
    """A few updates beyond the last one; then nobody listens any more."""
    passes = Passes(most=4)
    network = MLP(3072, [2], 10, 0.1)
    optimizer = torch.optim.SGD(network.parameters(), 1e-3)
    with pytest.raises(EnoughError), listening(passes, MLP):
        for _ in range(100):
            network(torch.rand(2, 3072)).sum().backward()
            optimizer.step()

    optimizer.step()
    assert passes.updates == 5


def test_a_model_that_cannot_learn_is_replaced_and_a_stub_is_not() -> None:
    """A detached output, a wrong shape, or lost layers would cost the training its points as well."""

    class Detached(MLP):
        def forward(self, x: Any) -> Any:
            return super().forward(x).detach()

    class Listed(MLP):
        def __init__(self, *settings: Any) -> None:
            super().__init__(*settings)
            first, *others = self.layers
            self.layers = nn.Sequential(first)
            self.others = [others]

        def forward(self, x: Any) -> Any:
            return nn.Sequential(*self.others[0])(self.layers(x))

    class Flat(ConvNet):
        def forward(self, x: Any) -> Any:
            return super().forward(x).sum(0)

    class Stub(MLP):
        def forward(self, x: Any) -> Any:
            raise NotImplementedError

    class Own(MLP):
        pass

    assert able_mlp(Own) is Own
    assert able_mlp(Detached) is able_mlp(Listed) is MLP
    assert able_convnet(Flat) is ConvNet
    with pytest.raises(NotImplementedError):
        able_mlp(Stub)


def test_signatures_tell_pictures_apart() -> None:
    """Scaling does not matter, for the whole or for a channel; another picture does."""
    pictures = np.random.default_rng(0).integers(0, 256, (50, 3, 32, 32)).astype(np.float32)
    whole, each = signatures(pictures)
    scaled = np.array([0.5, 2, 3], dtype=np.float32)[:, None, None] * pictures - 5

    np.testing.assert_allclose(signatures(pictures / 255 - 1)[0], whole, atol=1e-5)
    np.testing.assert_allclose(signatures(scaled.reshape(50, -1))[1], each, atol=1e-5)
    apart = np.abs(each[:, None] - each).max(axis=2) + np.eye(50)
    assert apart.min() > 1e-3
