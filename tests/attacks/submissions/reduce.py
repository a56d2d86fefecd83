"""Returns an object that runs a program when it is unpickled.

Row 11. Honest points: 0.
"""

import os


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("@MACHINE@/drop/unpickled",)


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return Bomb()
