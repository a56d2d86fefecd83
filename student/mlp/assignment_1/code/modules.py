"""The building blocks of a multi-layer perceptron, written with NumPy.

Fill in every function that raises ``NotImplementedError``. Only ``numpy`` and the standard library may be imported.
Add attributes and helper functions of your own freely.

How the grader calls a module
    It makes one, writes its own numbers into ``params`` (of a linear module), calls ``forward`` and then ``backward``.
    ``backward`` always belongs to the latest ``forward`` of the same object. An object may be used many times, with
    batches of different sizes, and several objects of one class are used side by side: keep what ``backward`` needs on
    ``self``.

Conventions for all modules
    - Batches are rows: ``x`` is (N, number of features), also when N or the number of features is 1.
    - ``backward(dout)`` receives the gradient of the loss with respect to the output of ``forward`` and returns the
      gradient with respect to its input, in the input's shape.
    - The arguments stay as they are: work on copies.
    - Whole matrices only: no loop, comprehension, ``apply_along_axis`` or ``vectorize`` over samples, rows or columns.
      A module that iterates loses half of its points.
    - Answers are float32 or float64 arrays (the loss: a number).
"""

import numpy as np


class LinearModule:
    """Fully connected layer: every output is a weighted sum of all inputs, plus a bias.

    ``params`` and ``grads`` are dictionaries with the keys ``'weight'`` and ``'bias'``. You choose the layout: the weight
    is (out_features, in_features) or (in_features, out_features), the bias (out_features,), (1, out_features) or
    (out_features, 1). A gradient has exactly the shape of its parameter.
    """

    def __init__(self, in_features, out_features):
        """Weights from a normal distribution with mean 0 and standard deviation 0.0001; biases and all gradients 0."""
        raise NotImplementedError("LinearModule.__init__ is yours to write")

    def forward(self, x):
        """``x`` (N, in_features); returns (N, out_features)."""
        raise NotImplementedError("LinearModule.forward is yours to write")

    def backward(self, dout):
        """``dout`` (N, out_features); returns (N, in_features) and stores the gradients of weight and bias in ``grads``.

        They replace what ``grads`` held before, and are sums over the batch: the 1/N belongs to the loss.
        """
        raise NotImplementedError("LinearModule.backward is yours to write")


class LeakyReLUModule:
    """``max(0, x) + neg_slope * min(0, x)``, for any slope from 0 on, also above 1."""

    def __init__(self, neg_slope):
        raise NotImplementedError("LeakyReLUModule.__init__ is yours to write")

    def forward(self, x):
        """``x`` (N, C); returns (N, C)."""
        raise NotImplementedError("LeakyReLUModule.forward is yours to write")

    def backward(self, dout):
        """``dout`` (N, C); returns (N, C). The slope at exactly 0 may be either one."""
        raise NotImplementedError("LeakyReLUModule.backward is yours to write")


class SoftMaxModule:
    """Softmax of each row. (The name ``SoftmaxModule`` is accepted as well.)"""

    def forward(self, x):
        """``x`` (N, C); returns (N, C) with rows that sum to 1.

        ``exp`` must not overflow: subtract from each row its own maximum first.
        """
        raise NotImplementedError("SoftMaxModule.forward is yours to write")

    def backward(self, dout):
        """``dout`` (N, C), any numbers; returns (N, C), the product of ``dout`` with the whole Jacobian of each row."""
        raise NotImplementedError("SoftMaxModule.backward is yours to write")


class CrossEntropyModule:
    """The mean over the batch of ``-sum(y * log(x))`` of each row.

    ``backward`` is called with the same arguments, on an object whose ``forward`` has not been called. A number of at
    most 1e-5 may be added to the probabilities inside the logarithm.
    """

    def forward(self, x, y):
        """``x`` (N, C) probabilities, ``y`` (N, C) one-hot; returns the loss, one number."""
        raise NotImplementedError("CrossEntropyModule.forward is yours to write")

    def backward(self, x, y):
        """Returns (N, C): the gradient of the (mean) loss with respect to ``x``."""
        raise NotImplementedError("CrossEntropyModule.backward is yours to write")
