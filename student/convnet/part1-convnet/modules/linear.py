"""Linear: a fully connected layer."""

import numpy as np


class Linear:
    """y = x W + b, where every sample of x is flattened first.

    ``weight`` has shape (in_dim, out_dim), ``bias`` has (out_dim,). The same object may be used for several batches, of
    different sizes; ``backward`` belongs to the latest ``forward``.
    """

    def __init__(self, in_dim, out_dim):
        self.in_dim = in_dim
        self.out_dim = out_dim
        self.dx = None
        self.dw = None
        self.db = None
        self._init_weights()

    def _init_weights(self):
        # Seeding makes every run start from the same weights.
        np.random.seed(1024)
        self.weight = 1e-3 * np.random.randn(self.in_dim, self.out_dim)
        self.bias = np.zeros(self.out_dim)

    def forward(self, x):
        """``x`` (N, d1, ..., dn) with d1 * ... * dn = in_dim; returns (N, out_dim).

        A sample is flattened in row-major order. ``x``, ``weight`` and ``bias`` stay as they are.
        """
        raise NotImplementedError("Linear.forward is yours to write")

    def backward(self, dout):
        """``dout`` (N, out_dim) is the gradient of the loss with respect to the output of ``forward``.

        Returns nothing. Sets ``self.dx`` in the shape that x came in, (N, d1, ..., dn), ``self.dw`` (in_dim, out_dim) and
        ``self.db`` (out_dim,), summed over the batch. Each call overwrites what the last one set. ``dout``, ``x``, ``weight`` and
        ``bias`` stay as they are.
        """
        raise NotImplementedError("Linear.backward is yours to write")
