"""Brings a numpy.py of its own.

Row 13. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return np.zeros((len(x), self.weight.shape[1]))
