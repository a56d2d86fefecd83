"""How backprop's functions are called. Runs beside the student's code, with the standard library and NumPy only.

Every function gets the student's modules and a case, and yields (name, value), or a tuple of names with the tuple that
a call returned, as soon as it has them: what fails later does not cost what came before.
"""

from __future__ import annotations

import builtins

from .functions import STEPS, f1, f2, f3, f4
from .layers import fc, l2, relu, softmax
from .lenient_import import lenient_import
from .net import PARAMETERS, keys_of, two_layer_net, two_layer_start
from .training import fit, fit_few, own_keys, training_step

__all__ = [
    "PARAMETERS",
    "STEPS",
    "f1",
    "f2",
    "f3",
    "f4",
    "fc",
    "fit",
    "fit_few",
    "keys_of",
    "l2",
    "lenient_import",
    "own_keys",
    "relu",
    "softmax",
    "training_step",
    "two_layer_net",
    "two_layer_start",
]

if __name__ == "driver":  # the worker's name for it: nobody else's imports are to change
    builtins.__import__ = lenient_import
