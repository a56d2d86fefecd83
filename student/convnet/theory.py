"""Two theory problems as functions, so that your answers can be checked by a machine.

Only ``numpy`` and the standard library may be imported. Check your work::

    make check A=convnet TASK=conv_matrix
    make check A=convnet TASK=piecewise_linear
"""

import numpy as np

# The network of problem 2, h(x) = W3 max(0, W2 max(0, W1 x + b1) + b2) + b3, with max taken entry by entry.
W1 = np.array([[1.5], [0.5]])
B1 = np.array([0.0, 1.0])
W2 = np.array([[1.0, 2.0], [2.0, 1.0]])
B2 = np.array([0.0, 1.0])
W3 = np.array([[1.0, 1.0]])
B3 = np.array([-1.0])


def conv_as_matrix(weight, input_shape=(3, 3), stride=4, padding=2):
    """The matrix A of a convolution with one input and one output channel: Y = A X.

    X is the input and Y the output, both flattened in row-major order. The kernel is not flipped (a cross-correlation,
    as in deep learning): Y[a, b] is the sum over i, j of weight[i, j] * X[stride*a + i - padding, stride*b + j - padding],
    where X is 0 outside. Only whole windows count, so Y has floor((size + 2*padding - kernel) / stride) + 1 rows and
    columns.

    ``weight`` has shape (3, 3) in the problem. Returns a floating-point array with one row per entry of Y and one column
    per entry of X: (4, 9) for the problem's numbers, which are the defaults. What your function gives for other kernel
    sizes, input shapes, strides and paddings is reported, but costs no points.
    """
    raise NotImplementedError("conv_as_matrix is yours to write")


def piecewise_linear(x0, w1=W1, b1=B1, w2=W2, b2=B2, w3=W3, b3=B3):
    """The line that a small ReLU network is near x0: numbers (W, b) with W x + b = h(x) for all x close to x0.

    ``x0`` is a number; ``w1`` (2, 1), ``b1`` (2,), ``w2`` (2, 2), ``b2`` (2,), ``w3`` (1, 2) and ``b3`` (1,) are the
    network, by default that of the problem. You are asked for the problem's points 2, -1 and 1, and for other networks
    of the same form at points where no ReLU gets exactly 0.
    """
    raise NotImplementedError("piecewise_linear is yours to write")
