"""Computes in half precision.

Row 22. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return (x.astype(np.float16) @ self.weight.astype(np.float16)).astype(np.float16)
