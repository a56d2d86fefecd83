"""Behaves in the first calls only.

Row 15. Honest points: 0.
"""

COUNT = [0]


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        COUNT[0] += 1
        return x @ self.weight + self.bias if COUNT[0] < 3 else x @ self.weight
