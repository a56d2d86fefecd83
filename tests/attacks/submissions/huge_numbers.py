"""Returns the largest and the smallest numbers that there are.

Row 22. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        numbers = (1.7e308, -1.7e308, 5e-324, np.finfo(float).max)
        return np.full((len(x), self.weight.shape[1]), numbers[len(x) % len(numbers)])
