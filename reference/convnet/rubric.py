"""A convolutional network from scratch: tasks, points and house rules of the theory and of the NumPy part."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from checker.assignment import Assignment, ManualTask, Rule, Section, Task
from checker.operator import Operator
from checker.rules import archive_name, no_prints, provided_unchanged, required_files
from checker.sandbox.limits import Limits
from reference.convnet.run_rubric import RUNS
from reference.convnet.torch_rubric import PART2
from reference.convnet.training_rubric import PRINTING, ROOT, TRAINING
from reference.operators.activation import relu
from reference.operators.classifier import classifier
from reference.operators.convolution_matrix import conv_matrix
from reference.operators.flattening import flattening_linear
from reference.operators.interleaved import interleaved
from reference.operators.optim import sgd
from reference.operators.piecewise_linear import piecewise_linear
from reference.operators.square_windows import conv2d_square, maxpool2d_square

REVIEW_POINTS = 10.0
REVIEW_WORDS = 350
"""The most words of the paper review, and of the answer to each of its questions."""

# The network of the second theory problem, and where its line is asked for; student/convnet/theory.py has the same.
NETWORK = {
    "w1": np.array([[1.5], [0.5]]),
    "b1": np.array([0.0, 1.0]),
    "w2": np.array([[1.0, 2.0], [2.0, 1.0]]),
    "b2": np.array([0.0, 1.0]),
    "w3": np.array([[1.0, 1.0]]),
    "b3": np.array([-1.0]),
}
POINTS = (2.0, -1.0, 1.0)

THEORY = Section(
    "theory",
    "Theory as code",
    ("theory.py",),
    (
        Task(
            "conv_matrix",
            "A convolution as a matrix",
            "conv_as_matrix",
            conv_matrix,
            {"A": 5.0, "other sizes": 0.0},
            ("conv_as_matrix",),
        ),
        Task(
            "piecewise_linear",
            "A ReLU network as a line",
            "piecewise_linear",
            piecewise_linear(NETWORK, POINTS),
            {"W": 2.0, "b": 2.0, "other networks": 1.0},
            ("piecewise_linear",),
        ),
    ),
    manual=(
        ManualTask(
            "review",
            f"Paper review, at most {REVIEW_WORDS} words for it and for each answer",
            REVIEW_POINTS,
            ("*review*", "*report*", "*writeup*"),
            words=(0, 3 * REVIEW_WORDS),
        ),
    ),
)


def _task(
    call: str, title: str, written: str, file: str, operator: Operator, points: Mapping[str, float], *methods: str
) -> Task:
    where = tuple(f"{written}.{method}" for method in methods or ("forward", "backward"))
    return Task(call, title, call, operator, points, where, (f"{ROOT}/{file}",))


TASKS = (
    _task(
        "conv2d",
        "Convolution",
        "Conv2D",
        "modules/convolution.py",
        interleaved(conv2d_square),
        {"y": 4.0, "x.grad": 2.0, "weight.grad": 2.0, "bias.grad": 2.0},
    ),
    _task(
        "maxpool",
        "Max pooling",
        "MaxPooling",
        "modules/max_pool.py",
        interleaved(maxpool2d_square),
        {"y": 5.0, "x.grad": 5.0, "x.grad at kinks": 0.0},
    ),
    _task(
        "relu",
        "ReLU",
        "ReLU",
        "modules/relu.py",
        interleaved(relu),
        {"y": 2.0, "x.grad": 3.0, "x.grad at kinks": 0.0},
    ),
    _task(
        "linear",
        "Linear",
        "Linear",
        "modules/linear.py",
        interleaved(flattening_linear),
        {"y": 2.0, "x.grad": 1.0, "weight.grad": 1.0, "bias.grad": 1.0},
    ),
    _task(
        "convnet",
        "The network",
        "ConvNet",
        "modules/conv_classifier.py",
        classifier,
        {"probs": 1.0, "loss": 1.0, "x.grad": 1.0, "weight.grad": 1.0, "bias.grad": 1.0},
    ),
    _task(
        "sgd",
        "SGD with momentum",
        "SGD",
        "optimizer/sgd.py",
        sgd,
        {"weight": 2.0, "bias": 2.0, "changing learning rate": 1.0},
        "update",
    ),
)

PART1 = Section(
    "part1",
    "NumPy network",
    tuple(file for task in TASKS for file in task.files),
    TASKS,
    root=ROOT,
    provided=tuple(
        f"{ROOT}/{file}" for file in ("modules/softmax_ce.py", "optimizer/_base_optimizer.py", "trainer.py", "train.py")
    ),
    rules=(
        Rule("printing", "Nothing is printed that was not asked for", no_prints, PRINTING),
        Rule("provided", "The provided files are as handed out", provided_unchanged, "note"),
        Rule(
            "files",
            "The training files are handed in, too",
            required_files("trainer.py", "train.py"),
            "note",
        ),
        Rule(
            "archive",
            "The archive has the name that was asked for",
            archive_name(r"assignment_2_part_1_submission\.zip", "assignment_2_part_1_submission.zip"),
            "note",
        ),
    ),
    limits=Limits(task_seconds=60.0),
)

ASSIGNMENT = Assignment("convnet", "A convolutional network from scratch", (THEORY, PART1, TRAINING, PART2, RUNS))
