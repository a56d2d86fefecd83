"""TwoLayerNet: two fully connected layers with a sigmoid between them."""

import torch
from torch import nn


class TwoLayerNet(nn.Module):
    """logits = W2 sigmoid(W1 flatten(x) + b1) + b2.

    For CIFAR-10 it is built as TwoLayerNet(3072, 256, 10); that one has 789,258 parameters.
    """

    def __init__(self, input_dim, hidden_size, num_classes):
        """``input_dim`` numbers per sample, ``hidden_size`` hidden units, ``num_classes`` outputs; all are ints."""
        super().__init__()
        raise NotImplementedError("TwoLayerNet.__init__ is yours to write")

    def forward(self, x):
        """``x`` (N, C, H, W) with C * H * W = input_dim, or (N, input_dim); returns raw logits (N, num_classes).

        A sample is flattened in row-major order. No softmax: the loss takes the logits as they are.
        """
        raise NotImplementedError("TwoLayerNet.forward is yours to write")
