"""How the NumPy modules and the NumPy training script are called. Runs beside the student's code, with NumPy only.

Every function gets the student's modules and a case, and yields (name, value) as soon as it has them: what fails later
does not cost what came before. Layouts are the student's choice: values are written into the parameters as they are,
and gradients, which must have the shape of their parameter, come back as weight (in, out) and bias (out,).
"""

from __future__ import annotations

from .flags import accuracy, flags
from .modules import cross_entropy, initial, leaky_relu, linear, mlp, softmax

__all__ = ["accuracy", "cross_entropy", "flags", "initial", "leaky_relu", "linear", "mlp", "softmax"]
