"""Forks without end.

Row 8. Honest points: 0. Section: notebook. Not run under: plain.
"""

import os
import time

for _ in range(10_000):
    if os.fork() == 0:
        time.sleep(600)

a = 0.0
