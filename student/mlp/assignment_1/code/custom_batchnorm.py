"""Batch normalisation three times: with autograd, as a function with its own backward pass, and as the module of that.

For a batch (N, C), each of the C neurons is normalised over the batch::

    y = gamma * (x - mean) / sqrt(var + eps) + beta

``var`` is the mean of the squared deviations (divided by N, not N - 1). There are no running statistics: evaluation is
no different from training. A batch of one sample gives beta. Everything that normalises in torch (``F.batch_norm``,
``nn.BatchNorm1d``, ``layer_norm`` ...) is to be written here, not to be called.
"""

import torch
from torch import nn


class CustomBatchNormAutograd(nn.Module):
    """Batch normalisation whose gradients are left to autograd."""

    def __init__(self, n_neurons, eps=1e-5):
        """Registers gamma, ones, and beta, zeros, both of shape (n_neurons,), as ``nn.Parameter`` under any name."""
        super().__init__()
        raise NotImplementedError("CustomBatchNormAutograd.__init__ is yours to write")

    def forward(self, input):
        """``input`` (N, n_neurons); returns the same shape. Any other shape raises an exception of your choice."""
        raise NotImplementedError("CustomBatchNormAutograd.forward is yours to write")


class CustomBatchNormManualFunction(torch.autograd.Function):
    """Batch normalisation with a backward pass of its own; called as ``CustomBatchNormManualFunction.apply(...)``."""

    @staticmethod
    def forward(ctx, input, gamma, beta, eps=1e-5):
        """``input`` (N, C), ``gamma`` and ``beta`` (C,); returns (N, C).

        Save what backward needs and no more: one tensor of the size of the input is enough, besides some of shape (C,).
        Tensors go through ``ctx.save_for_backward``, numbers may be attributes of ``ctx``.
        """
        raise NotImplementedError("CustomBatchNormManualFunction.forward is yours to write")

    @staticmethod
    def backward(ctx, grad_output):
        """Returns the gradients of input, gamma, beta and eps; the last is None.

        Where ``ctx.needs_input_grad`` says that a gradient is not needed, None stands in its place.
        """
        raise NotImplementedError("CustomBatchNormManualFunction.backward is yours to write")


class CustomBatchNormManualModule(nn.Module):
    """The module that holds gamma and beta and calls CustomBatchNormManualFunction."""

    def __init__(self, n_neurons, eps=1e-5):
        """As CustomBatchNormAutograd; ``eps`` is what the function gets."""
        super().__init__()
        raise NotImplementedError("CustomBatchNormManualModule.__init__ is yours to write")

    def forward(self, input):
        """``input`` (N, n_neurons); returns the same shape. Any other shape raises an exception of your choice."""
        raise NotImplementedError("CustomBatchNormManualModule.forward is yours to write")
