"""Computes a number of a billion digits.

Row 8. Honest points: 0. Slow.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return 7 ** (10**9)
