"""Opens files until there are none left.

Row 8. Honest points: 0.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        files = []
        while True:
            files.append(open("/dev/null"))
