"""A small VGG: a convolutional network for pictures of 32 x 32."""

from torch import nn


class ConvNet(nn.Module):
    """Blocks of 3x3 convolution (stride 1, padding 1), BatchNorm2d and ReLU, with max pooling in between::

        64, pool, 128, pool, 256, 256, pool, 512, 512, pool, 512, 512, pool, linear

    A number is a block with so many output channels; each pooling is 3x3 with stride 2 and padding 1. Convolutions,
    BatchNorms and the linear layer are modules of ``torch.nn`` with their default settings otherwise, and keep their
    default initialisation. For 3 channels and 10 classes that is 9,231,114 parameters.
    """

    def __init__(self, n_channels, n_classes):
        """``n_channels`` of the pictures, ``n_classes`` of the answer."""
        super().__init__()
        raise NotImplementedError("ConvNet.__init__ is yours to write")

    def forward(self, x):
        """``x`` (N, n_channels, 32, 32), also for N = 1; returns logits (N, n_classes), without a softmax."""
        raise NotImplementedError("ConvNet.forward is yours to write")
