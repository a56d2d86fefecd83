"""Returns lists, some of them endless.

Row 22. Honest points: 0.
"""

import numpy as np


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        endless = []
        endless.append(endless)
        return endless
