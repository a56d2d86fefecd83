"""Writes into every argument.

Row 16. Honest points: 0.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        self.weight[...] = 0
        self.bias[...] = 0
        x[...] = 0
        return x @ self.weight
