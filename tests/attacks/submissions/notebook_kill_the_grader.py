"""Kills the processes above it, one after the other.

Row 21. Honest points: 0. Section: notebook. Not run under: plain.
"""

import os
import signal

for target in (os.getppid(), 1):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError as error:
        print(type(error).__name__)

a = 0.0
