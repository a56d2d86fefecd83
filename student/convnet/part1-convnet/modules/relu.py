"""ReLU: negative values become 0."""

import numpy as np


class ReLU:
    """max(x, 0), entry by entry, for arrays of any shape."""

    def __init__(self):
        self.dx = None

    def forward(self, x):
        """``x`` of any shape; returns an array of the same shape. ``x`` stays as it is."""
        raise NotImplementedError("ReLU.forward is yours to write")

    def backward(self, dout):
        """``dout`` is the gradient of the loss with respect to the output of the latest ``forward``.

        Returns nothing. Sets ``self.dx`` (the shape of x). The gradient where x is exactly 0 is not graded. ``dout`` stays as
        it is.
        """
        raise NotImplementedError("ReLU.backward is yours to write")
