"""Returns complex, object, text and date arrays in turn.

Row 22. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        kinds = (complex, object, "U3", "M8[s]", bool, "V8")
        return np.zeros((len(x), self.weight.shape[1])).astype(kinds[len(x) % len(kinds)])
