"""Building blocks of neural networks, forward and backward, in NumPy.

A forward function returns its output and a cache: whatever its backward function needs, in any form you like. A
backward function gets the upstream gradient, which has the shape of the output, and the cache, and returns one gradient
for each input of the forward function, in the same order and of exactly the same shape. A loss function returns the
loss, a number, and its gradient at once.

Conventions for all of them
    - Data are two-dimensional, one sample per row, unless a docstring says otherwise.
    - Keep no state: two forward calls may come before the first backward call. What backward uses is in the cache.
    - Do not change arrays that you are given; they are still needed by whoever called you.
    - Arrays are float64; results may be float32 or float64.

Only NumPy and the standard library may be used. Check your work with ``python gradcheck_layers.py`` and
``python check_softmax_stability.py``.
"""

import numpy as np


def fc_forward(x, w, b):
    """Fully connected layer, x w + b.

    ``x`` (N, Din), ``w`` (Din, Dout), ``b`` (Dout,); returns ``out, cache`` with ``out`` (N, Dout).
    """
    raise NotImplementedError("fc_forward is yours to write")


def fc_backward(grad_out, cache):
    """Gradients of a fully connected layer, each summed over the batch.

    ``grad_out`` (N, Dout); returns ``grad_x`` (N, Din), ``grad_w`` (Din, Dout), ``grad_b`` (Dout,): ``grad_b`` has one
    axis even if N or Dout is 1.
    """
    raise NotImplementedError("fc_backward is yours to write")


def relu_forward(x):
    """max(x, 0), elementwise. ``x`` may have any shape; returns ``out, cache``."""
    raise NotImplementedError("relu_forward is yours to write")


def relu_backward(grad_out, cache):
    """Gradient of the ReLU, one array of the shape of x. Where x is 0, anything from 0 to ``grad_out`` is accepted."""
    raise NotImplementedError("relu_backward is yours to write")


def l2_loss(x, y):
    """Half the squared distance of ``x`` and ``y``, both (N, D), averaged over the N rows. Written for you.

    Returns ``loss, grad_x``.
    """
    difference = x - y
    count = x.shape[0]
    return 0.5 * np.sum(difference**2) / count, difference / count


def softmax_loss(x, y):
    """Mean over the batch of -log(p[i, y[i]]), where p[i] is the softmax of row i of ``x``.

    ``x`` (N, C), scores; ``y`` (N,), integers from 0 to C - 1. Returns ``loss, grad_x``: a number, and an array (N, C)
    that is already divided by N, since it belongs to the mean.

    Scores can be in the thousands. The loss is finite then, too: for the scores [1000, 0, -1000] and the label 2 it is
    2000. Subtract the maximum of each row before exp, and do not take the logarithm of a probability that may have
    become 0: log p can be written without it.
    """
    raise NotImplementedError("softmax_loss is yours to write")


def l2_regularization(w, reg):
    """reg / 2 times the sum of all squares of ``w``, which may have any shape.

    ``reg`` is a float of at least 0. Returns ``loss, grad_w``.
    """
    raise NotImplementedError("l2_regularization is yours to write")
