"""Returns a view of its input.

Row 16. Honest points: 0.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        return x[:, :1]
