"""Runs programs of the system.

Row 18. Honest points: 0. Section: notebook. Passes: plain.
"""

import subprocess

get = subprocess.run(["/bin/cat", "@MACHINE@/class/seed.txt"], capture_output=True, text=True, check=False)
print(get.stdout)

a = 0.0
