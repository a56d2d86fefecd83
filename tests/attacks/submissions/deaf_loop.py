"""Loops for ever and ignores all signals that it may ignore.

Row 9. Honest points: 0.
"""

import signal

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP, signal.SIGXCPU):
    signal.signal(number, signal.SIG_IGN)


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        while True:
            pass
