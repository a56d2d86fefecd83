"""Crashes the process.

Row 5. Honest points: 0.
"""

import ctypes


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        ctypes.string_at(0)
