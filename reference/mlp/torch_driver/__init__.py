"""How the PyTorch half is called. Runs beside the student's code, with the standard library, NumPy and torch only.

Every function gets the student's modules and a case, and yields (name, value) as soon as it has them. Names of layers
and parameters are the student's choice: values are copied into them by shape and order. Training scripts are run as
the command line runs them; ``script`` and ``pictures`` are those of the NumPy driver.
"""

from __future__ import annotations

from .convolutional import convnet
from .normalisation import batchnorm_autograd, batchnorm_function, batchnorm_module
from .perceptron import mlp
from .training import convnet_accuracy, convnet_flags, mlp_accuracy, mlp_flags, mlp_trained

__all__ = [
    "batchnorm_autograd",
    "batchnorm_function",
    "batchnorm_module",
    "convnet",
    "convnet_accuracy",
    "convnet_flags",
    "mlp",
    "mlp_accuracy",
    "mlp_flags",
    "mlp_trained",
]
