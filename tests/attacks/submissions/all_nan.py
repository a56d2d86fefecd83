"""Returns nothing but NaN.

Row 22. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return np.full((len(x), self.weight.shape[1]), np.nan)
