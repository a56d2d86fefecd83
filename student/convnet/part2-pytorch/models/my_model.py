"""MyModel: a network of your own."""

import torch
from torch import nn


class MyModel(nn.Module):
    """A network for CIFAR-10 that you design and build from the layers of ``torch.nn``.

    You may borrow ideas from known networks, but not take one as it is: no import from ``torchvision.models`` or the
    like, no download, no pretrained weights. It must not be VanillaCNN again.
    """

    def __init__(self):
        super().__init__()
        raise NotImplementedError("MyModel.__init__ is yours to write")

    def forward(self, x):
        """``x`` (N, 3, 32, 32); returns raw logits (N, 10), without a softmax."""
        raise NotImplementedError("MyModel.forward is yours to write")
