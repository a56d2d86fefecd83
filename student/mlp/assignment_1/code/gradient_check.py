"""Gradients by central differences, to compare a ``backward`` with. Provided: do not change it.

::

    layer = LinearModule(4, 3)
    x, dout = np.random.randn(5, 4), np.random.randn(5, 3)
    layer.forward(x)
    print(relative_error(layer.backward(dout), numeric_gradient(lambda x: (layer.forward(x) * dout).sum(), x)))
"""

import numpy as np


def numeric_gradient(function, x, step=1e-5):
    """The gradient of ``function(x)``, one number, with respect to each entry of the array ``x``."""
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        middle = x[index]
        x[index] = middle + step
        above = function(x)
        x[index] = middle - step
        below = function(x)
        x[index] = middle
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(a, b):
    """The largest difference, relative to the largest entry; arrays of different shapes are an error."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"the shapes {a.shape} and {b.shape} differ")
    return np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max(), 1e-12)
