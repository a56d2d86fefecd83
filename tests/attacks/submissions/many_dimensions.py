"""Returns an array with as many dimensions as there can be.

Row 8. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return np.zeros((1,) * 64)
