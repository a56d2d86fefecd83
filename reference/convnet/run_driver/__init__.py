"""How main.py of the convnet homework is run as a whole. Runs beside the student's code, with NumPy and torch.

``main.py`` finds a configuration, the data that are served, and right networks and losses in the place of the student's
own, which are asked elsewhere. Its ``train`` and ``validate`` are the student's, but see only a few pictures.
"""

from . import right_parts, surroundings
from .whole_run import run

__all__ = ["right_parts", "run", "surroundings"]
