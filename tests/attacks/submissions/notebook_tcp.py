"""Connects to a server on the machine.

Row 10. Honest points: 0. Section: notebook.
"""

import socket

socket.create_connection(("127.0.0.1", int("@PORT@")), 2).send(b"secret")

a = 0.0
