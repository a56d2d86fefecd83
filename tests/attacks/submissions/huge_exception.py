"""Raises an exception with a message of a hundred megabytes.

Row 8. Honest points: 0.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        raise ValueError("x" * (100 << 20))
