"""What a classifier may return: logits, which are asked for, or what a softmax or log-softmax makes of them.

Either is accepted as y, since it costs nothing in training; which of them came is seen in the output ``logits``,
a note.
"""

from __future__ import annotations

import numpy as np

from checker.bounds import FLOAT32, TINY, K, gamma
from checker.operator import Array
from reference.operators import softmax
from reference.operators.loss import LIBM

Form = tuple[Array, Array]
"""Values and their allowed error."""


def probabilities(z: Array, error: Array, u: float) -> Form:
    """The softmax of logits ``z`` with an error, and its error."""
    e = np.exp(z - z.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    rho = softmax.relative(z, p, u) + error + (p * error).sum(1, keepdims=True)
    return p, rho * p


def log_probabilities(z: Array, error: Array, u: float) -> Form:
    """The log-softmax of logits ``z`` with an error, and its error."""
    p, _ = probabilities(z, error, u)
    top = np.abs(z).max(1, keepdims=True)
    carried = error + (p * error).sum(1, keepdims=True)
    rounded = gamma(z.shape[1] + LIBM, u) * (1 + np.log(z.shape[1])) + 4 * u * (np.abs(z) + 2 * top)
    shifted = z - z.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True)), carried + rounded


def recognised(z: Array, error: Array, got: Array | None) -> str:
    """Which form an answer has: "probabilities", "log-probabilities", or else "logits"; ``error`` for float32."""
    if got is None or got.shape != z.shape:
        return "logits"
    for name, form in (("probabilities", probabilities), ("log-probabilities", log_probabilities)):
        values, allowed = form(z, error, FLOAT32)
        if (np.abs(got - values) <= K * allowed + TINY).all():
            return name
    return "logits"
