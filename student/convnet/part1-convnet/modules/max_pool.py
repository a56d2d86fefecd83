"""MaxPooling: the largest entry of every window."""

import numpy as np


class MaxPooling:
    """Slides a square window of ``kernel_size`` by ``stride`` over each channel, without padding.

    Kernel size and stride may differ: windows overlap when the stride is smaller, and leave gaps when it is larger. The
    same object may be used for several batches, of different sizes; ``backward`` belongs to the latest ``forward``.
    """

    def __init__(self, kernel_size, stride):
        self.kernel_size = kernel_size
        self.stride = stride
        self.dx = None

    def forward(self, x):
        """``x`` (N, C, H, W); returns (N, C, H', W').

        H' = (H - kernel_size) // stride + 1, and W' likewise: H and W need not be multiples of anything, and rows and
        columns that no whole window reaches are left out. ``x`` stays as it is.
        """
        raise NotImplementedError("MaxPooling.forward is yours to write")

    def backward(self, dout):
        """``dout`` (N, C, H', W') is the gradient of the loss with respect to the output of ``forward``.

        Returns nothing. Sets ``self.dx`` (the shape of x): every window hands its entry of ``dout`` to the position of its
        maximum, and a position that is the maximum of several windows gets the sum. Which of several equal maxima gets the
        gradient is up to you: such windows are not graded. ``dout`` and ``x`` stay as they are.
        """
        raise NotImplementedError("MaxPooling.backward is yours to write")
