"""Classifier: what training, testing and gradient checking expect of a model. Nothing to do here, but worth reading."""

import numpy as np


class Classifier:
    """Base class: a model defines ``parameters``, ``forward`` and ``backward`` and gets the rest."""

    def parameters(self):
        """A dict from names to the model's parameters: the arrays that it computes with, not copies.

        Optimisers write into these arrays.
        """
        raise NotImplementedError

    def forward(self, X):
        """Class scores (N, C) of the samples ``X`` (N, D), and a cache for ``backward``: returns ``scores, cache``."""
        raise NotImplementedError

    def backward(self, grad_scores, cache):
        """The gradients of all parameters, from that of the scores: a dict with the same keys as ``parameters()``."""
        raise NotImplementedError

    def predict(self, X):
        """The class with the highest score, for each sample."""
        scores, _ = self.forward(X)
        return scores.argmax(axis=1)

    def save(self, filename):
        """Write the parameters to a file that ``load`` reads."""
        with open(filename, "wb") as file:
            np.savez(file, **self.parameters())

    def load(self, filename):
        """Read parameters of a model with the same names and shapes, in place."""
        with np.load(filename) as stored:
            parameters = self.parameters()
            if sorted(stored.files) != sorted(parameters):
                raise ValueError(f"{filename} has the parameters {sorted(stored.files)}, not {sorted(parameters)}")
            for name, array in parameters.items():
                if stored[name].shape != array.shape:
                    raise ValueError(f"{name} has shape {stored[name].shape} in {filename}, not {array.shape}")
                array[...] = stored[name]
