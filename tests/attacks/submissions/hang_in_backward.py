"""Does the forward and hangs in the backward.

Row 9. Honest points: 3.
"""

import time


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, dy):
        time.sleep(10**6)
