"""Loops for ever when it is imported.

Row 9. Honest points: 0.
"""

import numpy as np

while True:
    pass


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return np.zeros((len(x), self.weight.shape[1]))
