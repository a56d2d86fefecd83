"""Prints a hundred million characters.

Row 8. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        for _ in range(100):
            print("x" * (1 << 20))
        return np.zeros((len(x), self.weight.shape[1]))
