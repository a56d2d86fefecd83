"""Aborts the process.

Row 5. Honest points: 0.
"""

import os


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        os.abort()
