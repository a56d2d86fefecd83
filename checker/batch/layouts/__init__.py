"""How learning platforms and people lay out a class's submissions: one module per layout.

``choosing`` looks which one it is. Each layout makes drafts of submissions (``draft``) from what it can place and says
why it left the rest over; ``assembling`` then finds archives and re-uploaded names, and ``keys`` names the folders.
"""

from checker.batch.layouts.choosing import discover

__all__ = ["discover"]
