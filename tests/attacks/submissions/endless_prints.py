"""Prints without end.

Row 8. Honest points: 0.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        while True:
            print("again")
