"""Keeps changing the array that it has returned.

Row 16. Honest points: 0.
"""

import threading

import numpy as np


def change(out):
    for number in range(10_000):
        out[...] = number


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        out = np.zeros((len(x), self.weight.shape[1]))
        threading.Thread(target=change, args=(out,), daemon=True).start()
        return out
