"""TwoLayerNet: fully connected, ReLU, fully connected."""

import numpy as np

from classifier import Classifier
from layers import fc_backward, fc_forward, relu_backward, relu_forward


class TwoLayerNet(Classifier):
    """scores = relu(X W1 + b1) W2 + b2. Build it from the functions in layers.py."""

    def __init__(self, input_dim=3072, num_classes=10, hidden_dim=512, weight_scale=1e-3):
        """Make the parameters: weights (input_dim, hidden_dim) and (hidden_dim, num_classes), biases (hidden_dim,) and
        (num_classes,).

        Weights are drawn from a normal distribution with mean 0 and standard deviation ``weight_scale``, biases are 0.
        """
        raise NotImplementedError("TwoLayerNet.__init__ is yours to write")

    def parameters(self):
        """A dict of all four parameters, under any names: the very arrays that ``forward`` uses, since optimisers write
        into them."""
        raise NotImplementedError("TwoLayerNet.parameters is yours to write")

    def forward(self, X):
        """``X`` (N, input_dim); returns ``scores, cache`` with scores (N, num_classes) and a cache for ``backward``."""
        raise NotImplementedError("TwoLayerNet.forward is yours to write")

    def backward(self, grad_scores, cache):
        """``grad_scores`` (N, num_classes); returns a dict of gradients with the same keys as ``parameters()``.

        Several forward calls may come in between: everything about this one is in ``cache``.
        """
        raise NotImplementedError("TwoLayerNet.backward is yours to write")
