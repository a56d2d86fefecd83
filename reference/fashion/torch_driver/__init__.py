"""How the networks are called. Runs beside the student's code, with the standard library, NumPy and torch only.

Networks and their training are the student's own, so what is asked is how they behave. Each answer is a number: a
count, or a code from 1 (as asked) to others that name what was seen; ``training_behaviour`` and
``fitting_behaviour`` say which is which. Everything is seeded, so that a second network made in the same way is the
twin of the first.
"""

from .fitting import fit, sets
from .hidden_images import held_out
from .networks import autoencoder, network
from .steps import step

__all__ = ["autoencoder", "fit", "held_out", "network", "sets", "step"]
