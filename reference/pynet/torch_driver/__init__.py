"""How the CIFAR-10 script is called. Runs beside the student's code, with the standard library, NumPy and torch.

A script may train when it is imported. So that this ends soon, a ``DataLoader`` gives only a few images until the
driver's own run begins. CIFAR10 is the small set that is served, repeated to the published length, so that
fixed numbers of images fit. What is saved is written down, whatever the path; ``torch.load`` finds it again.

``train`` and ``test`` read global names, and so the driver's own loaders are laid under those names. Each answer is a
number: a count, or a code from 1 (as asked) to others that name what was seen; ``cifar_script`` says which is which.
"""

from . import saving, seeds
from .design import model, optimizer
from .testing import test
from .training import train

__all__ = ["model", "optimizer", "saving", "test", "train"]

# For what a script draws when it is imported.
seeds.seed(0)
