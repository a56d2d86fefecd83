"""Returns an object array with such an object in it.

Row 11. Honest points: 0.
"""

import os

import numpy as np


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("@MACHINE@/drop/unpickled",)


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return np.array([[Bomb()]], dtype=object)
