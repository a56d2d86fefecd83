"""Returns an array of a hundred megabytes.

Row 8. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return np.zeros(100 << 17)
