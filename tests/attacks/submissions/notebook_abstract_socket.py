"""Connects to an abstract socket of the machine.

Row 10. Honest points: 0. Section: notebook. Passes: plain.
"""

import socket

socket.socket(socket.AF_UNIX).connect("\0@SOCKET@")

a = 0.0
