"""Connects to a socket that is a file of the machine.

Row 10. Honest points: 0. Section: notebook. Passes: plain, restricted.
"""

import socket

socket.socket(socket.AF_UNIX).connect("@MACHINE@/socket")

a = 0.0
