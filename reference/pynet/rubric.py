"""PyNet: tasks and points."""

from __future__ import annotations

from collections.abc import Mapping

from checker.assignment import Assignment, Section, Task
from checker.operator import Operator
from reference.operators.activation import relu
from reference.operators.conv import conv2d
from reference.operators.interleaved import interleaved
from reference.operators.linear import linear
from reference.operators.loss import cross_entropy
from reference.operators.norm import EVALUATION_STEPS, TRAINING_STEPS, batchnorm1d
from reference.operators.pooling import maxpool2d
from reference.operators.unfold import fold, unfold
from reference.pynet.torch_rubric import CIFAR

# Layers may work in place on what they are given to compute with, but not on parameters and labels.
MAY_CHANGE = frozenset({"x", "dy"})
STEPS = frozenset(f"{name}{i}" for i in range(TRAINING_STEPS + EVALUATION_STEPS) for name in ("x", "dy"))

Y = {"y": 3.0}
X = {"x.grad": 3.0}
X_AND_KINKS = {"x.grad": 3.0, "x.grad at kinks": 0.0}
PARAMETERS = {"x.grad": 1.0, "weight.grad": 1.0, "bias.grad": 1.0}


def _layer(
    call: str,
    title: str,
    written: str,
    operator: Operator,
    *,
    forward: Mapping[str, float] = Y,
    backward: Mapping[str, float],
    may_change: frozenset[str] = MAY_CHANGE,
) -> tuple[Task, Task]:
    """The two tasks of the class ``written``; they share one run of the student's code."""
    return (
        Task(f"{call}.forward", f"{title}, forward", call, operator, forward, (f"{written}.forward",), (), may_change),
        Task(
            f"{call}.backward", f"{title}, backward", call, operator, backward, (f"{written}.backward",), (), may_change
        ),
    )


LAYERS = Section(
    "layers",
    "NumPy layers",
    ("hw3_pynet.py",),
    (
        *_layer("linear", "Linear", "Linear", interleaved(linear), backward=PARAMETERS),
        *_layer(
            "batchnorm1d",
            "Batch normalisation",
            "BatchNorm1d",
            batchnorm1d,
            forward={"train": 1.0, "eval": 1.0, "r_mean": 0.5, "r_var": 0.5},
            backward={"x.grad": 1.0, "gamma.grad": 1.0, "beta.grad": 1.0},
            may_change=STEPS,
        ),
        *_layer("relu", "ReLU", "ReLU", interleaved(relu), backward=X_AND_KINKS),
        *_layer(
            "cross_entropy",
            "Cross entropy of a softmax",
            "CrossEntropyLossWithSoftmax",
            interleaved(cross_entropy),
            forward={"y": 2.0, "y of large logits": 1.0},
            backward={"x.grad": 2.0, "x.grad of large logits": 1.0},
        ),
        Task("im2col", "Windows to columns", "im2col", unfold, Y, ("im2col",), may_change=MAY_CHANGE),
        Task("col2im", "Columns to a picture", "col2im", fold, Y, ("col2im",), may_change=MAY_CHANGE),
        *_layer("conv2d", "Convolution", "Conv2d", interleaved(conv2d, "kernel_as_int"), backward=PARAMETERS),
        *_layer("maxpool2d", "Max pooling", "MaxPool2d", interleaved(maxpool2d, "kernel_as_int"), backward=X_AND_KINKS),
    ),
)

ASSIGNMENT = Assignment("pynet", "PyNet: a NumPy CNN framework", (LAYERS, CIFAR))
