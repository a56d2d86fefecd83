"""Conv2D: the convolution of a batch of images with a set of square kernels."""

import numpy as np


class Conv2D:
    """Cross-correlation (the kernel is not flipped) with one bias per output channel.

    ``weight`` has shape (out_channels, in_channels, kernel_size, kernel_size), ``bias`` has (out_channels,). Stride and
    padding are one number for both axes; padding adds that many rows and columns of zeros on all four sides.

    Loops are allowed. The same object may be used for several batches, of different sizes; ``backward`` belongs to the
    latest ``forward``. Keep whatever it needs on ``self``.
    """

    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=0):
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dx = None
        self.dw = None
        self.db = None
        self._init_weights()

    def _init_weights(self):
        # Seeding makes every run start from the same weights.
        np.random.seed(1024)
        shape = (self.out_channels, self.in_channels, self.kernel_size, self.kernel_size)
        self.weight = 1e-3 * np.random.randn(*shape)
        self.bias = np.zeros(self.out_channels)

    def forward(self, x):
        """``x`` (N, in_channels, H, W); returns (N, out_channels, H', W').

        H' = (H + 2*padding - kernel_size) // stride + 1, and W' likewise: rows and columns that no whole window reaches
        are left out. ``x``, ``weight`` and ``bias`` stay as they are.
        """
        raise NotImplementedError("Conv2D.forward is yours to write")

    def backward(self, dout):
        """``dout`` (N, out_channels, H', W') is the gradient of the loss with respect to the output of ``forward``.

        Returns nothing. Sets ``self.dx`` (the shape of x), ``self.dw`` (of weight) and ``self.db`` (of bias), summed
        over the batch and all positions. Each call overwrites what the last one set. Entries of x that no window reaches
        have gradient 0. ``dout``, ``x``, ``weight`` and ``bias`` stay as they are: updating is the optimizer's work.
        """
        raise NotImplementedError("Conv2D.backward is yours to write")
