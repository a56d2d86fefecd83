"""The operators and, for each, the cases that these tests look at."""

from __future__ import annotations

from functools import cache

from checker.drawing import draw
from checker.operator import Case, Operator
from reference.convnet.rubric import NETWORK, POINTS
from reference.operators import scalar_graph
from reference.operators.accuracy import accuracy
from reference.operators.activation import relu
from reference.operators.classifier import classifier
from reference.operators.conv import conv2d
from reference.operators.convolution_matrix import conv_matrix
from reference.operators.flattening import flattening_linear
from reference.operators.initialisation import normal_weights
from reference.operators.leaky_relu import leaky_relu
from reference.operators.linear import linear
from reference.operators.loss import cross_entropy, cross_entropy_mean
from reference.operators.norm import batchnorm1d
from reference.operators.optim import sgd
from reference.operators.perceptron import perceptron
from reference.operators.piecewise_linear import piecewise_linear
from reference.operators.pooling import maxpool2d
from reference.operators.probability_loss import probability_loss
from reference.operators.regularization import l2_regularization
from reference.operators.sigmoid import sigmoid
from reference.operators.softmax import softmax
from reference.operators.softmax_loss import softmax_loss
from reference.operators.square_windows import conv2d_square, maxpool2d_square
from reference.operators.squared_loss import squared_loss
from reference.operators.training_step import training_step
from reference.operators.two_layer_net import two_layer_net
from reference.operators.unfold import fold, unfold

OPERATORS: dict[str, Operator] = {
    "linear": linear,
    "flattening_linear": flattening_linear,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "batchnorm1d": batchnorm1d,
    "cross_entropy": cross_entropy,
    "cross_entropy_mean": cross_entropy_mean,
    "softmax_loss": softmax_loss,
    "probability_loss": probability_loss,
    "squared_loss": squared_loss,
    "l2_regularization": l2_regularization,
    "unfold": unfold,
    "fold": fold,
    "conv2d": conv2d,
    "conv2d_square": conv2d_square,
    "maxpool2d": maxpool2d,
    "maxpool2d_square": maxpool2d_square,
    "f1": scalar_graph.f1,
    "f2": scalar_graph.f2,
    "f3": scalar_graph.f3,
    "two_layer_net": two_layer_net,
    "training_step": training_step,
    "perceptron": perceptron,
    "classifier": classifier,
    "sgd": sgd,
    "accuracy": accuracy,
    "conv_matrix": conv_matrix,
    "piecewise_linear": piecewise_linear(NETWORK, POINTS),
}

DRAWN_BY_CHANCE: dict[str, Operator] = {"initial": normal_weights(1e-4)}
"""Operators whose right answers are random: they have no programs of one right value, and bounds of probability."""


@cache
def cases(name: str, count: int = 60, seed: int = 0) -> tuple[Case, ...]:
    """The explicit examples and ``count`` drawn cases."""
    operator = {**OPERATORS, **DRAWN_BY_CHANCE}[name]
    return (*operator.examples, *draw(operator.cases, seed, count))
