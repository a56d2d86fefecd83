"""Brings a driver of its own, and a package named like its module.

Row 13. Honest points: 0.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        raise NotImplementedError
