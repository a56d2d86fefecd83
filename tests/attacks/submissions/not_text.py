"""Prints bytes that are no text, and surrogates.

Row 19. Honest points: 0.
"""

import os


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        os.write(1, b"\xff\xfe\x00\xed\xa0\x80" * 10)
        print("\udcff\ud800")
        raise ValueError("\ud800")
