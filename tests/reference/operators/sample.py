"""The operators and, for each, the cases that these tests look at."""

from __future__ import annotations

from functools import cache

from checker.drawing import draw
from checker.operator import Case, Operator
from reference.operators.activation import relu
from reference.operators.conv import conv2d
from reference.operators.linear import linear
from reference.operators.loss import cross_entropy, cross_entropy_mean
from reference.operators.norm import batchnorm1d
from reference.operators.pooling import maxpool2d
from reference.operators.unfold import fold, unfold

OPERATORS: dict[str, Operator] = {
    "linear": linear,
    "relu": relu,
    "batchnorm1d": batchnorm1d,
    "cross_entropy": cross_entropy,
    "cross_entropy_mean": cross_entropy_mean,
    "unfold": unfold,
    "fold": fold,
    "conv2d": conv2d,
    "maxpool2d": maxpool2d,
}


@cache
def cases(name: str, count: int = 60, seed: int = 0) -> tuple[Case, ...]:
    """The explicit examples and ``count`` drawn cases."""
    operator = OPERATORS[name]
    return (*operator.examples, *draw(operator.cases, seed, count))
