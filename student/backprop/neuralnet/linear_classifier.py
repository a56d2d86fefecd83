"""LinearClassifier: scores = X W + b. Nothing to do here; it shows how a model is made of layers."""

import numpy as np

from classifier import Classifier
from layers import fc_backward, fc_forward


class LinearClassifier(Classifier):
    """A single fully connected layer."""

    def __init__(self, input_dim=3072, num_classes=10, weight_scale=1e-3):
        self.W = weight_scale * np.random.randn(input_dim, num_classes)
        self.b = np.zeros(num_classes)

    def parameters(self):
        return {"W": self.W, "b": self.b}

    def forward(self, X):
        return fc_forward(X, self.W, self.b)

    def backward(self, grad_scores, cache):
        _, grad_W, grad_b = fc_backward(grad_scores, cache)
        return {"W": grad_W, "b": grad_b}
