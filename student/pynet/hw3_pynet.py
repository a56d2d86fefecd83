"""PyNet: the layers of a convolutional network, written with NumPy.

Fill in every function that raises ``NotImplementedError``. Only ``numpy`` and the standard library may be imported.
The constructors are done; keep their arguments and the attributes they create, and add attributes of your own freely.

How the grader calls a layer
    It makes one, puts its own arrays on the attributes named in the class (``weight``, ``gamma`` ...), calls
    ``forward``, then ``backward`` once. The same object may be used again with another batch, of another size;
    ``backward`` always belongs to the latest ``forward``. Whatever backward needs, keep it on ``self``.

Conventions for all layers
    - Batches come first: ``(N, C)`` for vectors, ``(N, C, H, W)`` for images.
    - ``backward`` receives the gradient of a scalar with respect to the output of ``forward`` and *returns* the
      gradients; nothing has to be stored. Each gradient has exactly the shape of what it is the gradient of.
    - Gradients of parameters are summed over the batch. A ``1/N``, if there is one, arrives inside ``grad_output``.
    - The grader sets float64 arrays. Answers may be float32 or float64, never integers, and have to be arrays.
    - ``input`` and ``grad_output`` may be overwritten. Labels may not, and neither ``forward`` nor ``backward`` may
      change ``weight``, ``bias``, ``gamma`` or ``beta``.

Check your work at any time, one function or all of them::

    make check A=pynet TASK=linear.forward
    make check A=pynet
"""

import numpy as np


class Linear:
    """Fully connected layer, ``y = x W + b``.

    ``weight`` has shape ``(input_channel, output_channel)`` (not transposed), ``bias`` has ``(output_channel,)``.
    """

    def __init__(self, input_channel, output_channel):
        self.input_channel = input_channel
        self.output_channel = output_channel
        scale = np.sqrt(1.0 / input_channel)
        self.weight = (scale * np.random.randn(input_channel, output_channel)).astype(np.float32)
        self.bias = np.zeros(output_channel, dtype=np.float32)

    def forward(self, input):
        """``input`` (N, input_channel); returns (N, output_channel)."""
        raise NotImplementedError("Linear.forward is yours to write")

    def backward(self, grad_output):
        """``grad_output`` (N, output_channel).

        Returns ``(grad_input, grad_weight, grad_bias)`` of shapes (N, input_channel), (input_channel, output_channel)
        and (output_channel,).
        """
        raise NotImplementedError("Linear.backward is yours to write")


class BatchNorm1d:
    """Batch normalisation of every column, ``y = gamma * (x - mean) / sqrt(variance + eps) + beta``.

    ``gamma``, ``beta``, ``r_mean`` and ``r_var`` have shape ``(input_channel,)``.
    """

    def __init__(self, input_channel, momentum=0.9):
        self.input_channel = input_channel
        self.momentum = momentum
        self.eps = 1e-3
        self.gamma = np.ones(input_channel, dtype=np.float32)
        self.beta = np.zeros(input_channel, dtype=np.float32)
        self.r_mean = np.zeros(input_channel, dtype=np.float32)
        self.r_var = np.ones(input_channel, dtype=np.float32)

    def forward(self, input, train):
        """``input`` (N, input_channel), ``train`` a bool; returns (N, input_channel).

        ``train=True`` normalises with the mean and the *biased* variance of the batch (divide by N, not N - 1) and
        updates the running statistics with the same two numbers. The momentum weighs the **old** value::

            r_mean = (1 - momentum) * batch_mean + momentum * r_mean
            r_var = (1 - momentum) * batch_variance + momentum * r_var

        ``train=False`` normalises with ``r_mean`` and ``r_var`` and leaves them as they are. ``eps`` is inside the
        square root both times. After training steps the grader reads ``r_mean`` and ``r_var``.
        """
        raise NotImplementedError("BatchNorm1d.forward is yours to write")

    def backward(self, grad_output):
        """``grad_output`` (N, input_channel); asked for after a forward with ``train=True`` only.

        The batch mean and variance depend on ``input`` too, so the gradient runs through them. Returns
        ``(grad_input, grad_gamma, grad_beta)`` of shapes (N, input_channel), (input_channel,), (input_channel,).
        """
        raise NotImplementedError("BatchNorm1d.backward is yours to write")


class ReLU:
    """``y = max(x, 0)``, element by element."""

    def forward(self, input):
        """``input`` of any shape; returns the same shape."""
        raise NotImplementedError("ReLU.forward is yours to write")

    def backward(self, grad_output):
        """``grad_output`` of the shape of the input; returns ``grad_input`` of that shape.

        At exactly 0 there is no derivative. The usual choice there is 0; another choice costs no points, the grader
        only notes it.
        """
        raise NotImplementedError("ReLU.backward is yours to write")


class CrossEntropyLossWithSoftmax:
    """Softmax over the classes, then the cross entropy with the true class, one loss per sample."""

    def forward(self, input, gt_label):
        """``input`` (N, C) logits, ``gt_label`` (N,) integers from 0 to C - 1; returns the losses, shape (N,).

        The losses are not summed or averaged. Logits may lie thousands apart, and one row thousands above another:
        the loss still has to be finite and right. Subtract the maximum of each row before ``exp``, and do not take
        the logarithm of a probability that may have become 0.
        """
        raise NotImplementedError("CrossEntropyLossWithSoftmax.forward is yours to write")

    def backward(self, grad_output):
        """``grad_output`` (N,), one number per loss and not always 1; returns ``grad_input`` (N, C)."""
        raise NotImplementedError("CrossEntropyLossWithSoftmax.backward is yours to write")


def im2col(input_data, kernel_h, kernel_w, stride, padding):
    """Lay every window of an image out as a column.

    ``input_data`` (N, C, H, W) is padded with ``padding`` zeros on all four sides. Returns
    (N, C * kernel_h * kernel_w, out_h, out_w) where ``out_h = (H + 2 * padding - kernel_h) // stride + 1`` and
    ``out_w`` likewise: rows and columns at the end that no window reaches are dropped. Along the second axis the
    channel runs slowest, then the row inside the window, then the column inside the window.
    """
    raise NotImplementedError("im2col is yours to write")


def col2im(input_data, kernel_h, kernel_w, stride=1, padding=0):
    """Put the columns of ``im2col`` back, adding where windows overlap.

    ``input_data`` (N, C * kernel_h * kernel_w, out_h, out_w). Returns (N, C, H, W) without the padding, where
    ``H = (out_h - 1) * stride + kernel_h - 2 * padding`` and ``W`` likewise. It is graded at sizes where the windows
    fit exactly, because these arguments cannot tell how many rows ``im2col`` had dropped.
    """
    raise NotImplementedError("col2im is yours to write")


class Conv2d:
    """Two-dimensional convolution as networks use the word: cross-correlation, the kernel is not flipped.

    ``weight`` has shape ``(output_channel, input_channel, kernel_h, kernel_w)``, ``bias`` has ``(output_channel,)``.
    ``kernel_size`` is one int or ``(height, width)``; ``padding`` (zeros on all four sides) and ``stride`` are ints.
    Mind their order: padding comes before stride.
    """

    def __init__(self, input_channel, output_channel, kernel_size, padding=0, stride=1):
        self.input_channel = input_channel
        self.output_channel = output_channel
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        self.kernel_h, self.kernel_w = kernel_size
        self.padding = padding
        self.stride = stride
        shape = (output_channel, input_channel, self.kernel_h, self.kernel_w)
        scale = np.sqrt(1.0 / (input_channel * self.kernel_h * self.kernel_w))
        self.weight = (scale * np.random.randn(*shape)).astype(np.float32)
        self.bias = np.zeros(output_channel, dtype=np.float32)

    def forward(self, input):
        """``input`` (N, input_channel, H, W); returns (N, output_channel, out_h, out_w).

        ``out_h = (H + 2 * padding - kernel_h) // stride + 1``, ``out_w`` likewise.
        """
        raise NotImplementedError("Conv2d.forward is yours to write")

    def backward(self, grad_output):
        """``grad_output`` (N, output_channel, out_h, out_w).

        Returns ``(grad_input, grad_weight, grad_bias)`` with the shapes of input, weight and bias. Input rows and
        columns that no window reaches have gradient 0.
        """
        raise NotImplementedError("Conv2d.backward is yours to write")


class MaxPool2d:
    """The maximum of every window.

    ``kernel_size`` is one int or ``(height, width)``; ``padding`` and ``stride`` are ints, padding comes first, and
    the stride is 1 unless given. Whether padding means zeros or minus infinity is up to you: padded cases are graded
    on positive inputs, where the two agree.
    """

    def __init__(self, kernel_size, padding=0, stride=1):
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        self.kernel_h, self.kernel_w = kernel_size
        self.padding = padding
        self.stride = stride

    def forward(self, input):
        """``input`` (N, C, H, W); returns (N, C, out_h, out_w).

        ``out_h = (H + 2 * padding - kernel_h) // stride + 1``, ``out_w`` likewise.
        """
        raise NotImplementedError("MaxPool2d.forward is yours to write")

    def backward(self, grad_output):
        """``grad_output`` (N, C, out_h, out_w); returns ``grad_input`` (N, C, H, W).

        An input that is the maximum of several windows gets the sum of their gradients. When several inputs of one
        window tie, the usual choice is the first in row-major order; another choice costs no points, the grader only
        notes it.
        """
        raise NotImplementedError("MaxPool2d.backward is yours to write")
