"""Hangs in a regular expression, where no signal handler of Python runs.

Row 9. Honest points: 0.
"""

import re


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        re.match(r"(a+)+$", "a" * 200 + "b")
