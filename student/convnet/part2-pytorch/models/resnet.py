"""ResNet-32 for pictures of 32x32. Provided, nothing to do here.

Three stages of five blocks with 16, 32 and 64 channels, two 3x3 convolutions to a block. Where a stage halves the
picture, the shortcut takes every other pixel and fills the new channels with zeros, so shortcuts have no parameters.
"""

import torch
from torch import nn
from torch.nn import functional as F

STAGES = (16, 32, 64)
BLOCKS = 5


class Block(nn.Module):
    """Two convolutions and the shortcut around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.stride = stride
        self.added = outputs - inputs

    def forward(self, x):
        """``x`` (N, inputs, H, W); returns (N, outputs, H / stride, W / stride)."""
        h = F.relu(self.norm1(self.conv1(x)))
        h = self.norm2(self.conv2(h))
        if self.stride > 1 or self.added:
            before = self.added // 2
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, before, self.added - before))
        return F.relu(h + x)


class ResNet(nn.Module):
    """A convolution, the stages, the mean over each channel and a linear layer."""

    def __init__(self, num_classes=10):
        super().__init__()
        self.conv = nn.Conv2d(3, STAGES[0], 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(STAGES[0])
        blocks, inputs = [], STAGES[0]
        for stage, outputs in enumerate(STAGES):
            for block in range(BLOCKS):
                blocks.append(Block(inputs, outputs, 2 if stage and not block else 1))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.linear = nn.Linear(inputs, num_classes)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, x):
        """``x`` (N, 3, 32, 32); returns raw logits (N, num_classes)."""
        h = self.blocks(F.relu(self.norm(self.conv(x))))
        return self.linear(torch.mean(h, dim=(2, 3)))


def resnet32(num_classes=10):
    """ResNet-32: 464,154 parameters for 10 classes."""
    return ResNet(num_classes)
