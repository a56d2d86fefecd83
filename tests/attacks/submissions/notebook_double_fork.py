"""Leaves a process behind that has left its parents.

Row 7. Honest points: 0. Section: notebook.
"""

import os
import time

for _ in range(2):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)

a = 0.0
