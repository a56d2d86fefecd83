"""SoftmaxCrossEntropy: provided, nothing to do here. The grader runs this file as it was handed out."""

import numpy as np


class SoftmaxCrossEntropy:
    """The cross entropy of a softmax, averaged over the batch; stable for logits of any size."""

    def __init__(self):
        self.dx = None

    def forward(self, x, y):
        """``x`` (N, C) of logits and ``y`` (N,) of class labels; returns the probabilities (N, C) and the mean loss."""
        rows = np.arange(len(x))
        shifted = x - x.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        total = exponentials.sum(axis=1, keepdims=True)
        probs = exponentials / total
        loss = np.mean(np.log(total[:, 0]) - shifted[rows, y])
        self.cache = probs, y
        return probs, loss

    def backward(self):
        """Sets ``dx`` (N, C), the gradient of the mean loss with respect to the logits."""
        probs, y = self.cache
        self.dx = probs.copy()
        self.dx[np.arange(len(y)), y] -= 1
        self.dx /= len(y)
