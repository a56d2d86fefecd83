"""Takes all memory there is.

Row 8. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        kept = []
        while True:
            kept.append(np.ones(1 << 22))
