"""Recurses without end.

Row 8. Honest points: 0.
"""

import sys

sys.setrecursionlimit(10**9)


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return self.forward(x)
