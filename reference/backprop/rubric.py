"""Backprop: tasks and points of the scalar graphs, the NumPy layers, the two-layer net and its training step.

Its training and the notebooks stand in files of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.assignment import Assignment, Rule, Section, Task
from checker.exam import AT_KINKS
from checker.operator import Operator
from reference.backprop.notebook_rubric import PART1
from reference.backprop.own_graph import least_operators
from reference.backprop.pictures_rubric import PART2
from reference.backprop.training_rubric import TRAINING
from reference.operators.activation import relu
from reference.operators.linear import linear
from reference.operators.numeric_gradient import own_graph
from reference.operators.overwritten import watching
from reference.operators.regularization import l2_regularization
from reference.operators.scalar_graph import OVERFLOW, f1, f2, f3
from reference.operators.softmax_loss import softmax_loss
from reference.operators.training_step import OTHERS, training_step
from reference.operators.two_layer_net import PARAMETERS, two_layer_net, two_layer_start

# Working in place on data and upstream gradients is a matter of style; parameters and labels are not to be touched.
MAY_CHANGE = frozenset({"x", "dy"})

OWN_OPERATORS = 5
"""Operators that the student's own graph is asked to have."""


def _graph(
    name: str, operator: Operator, output: Mapping[str, float], gradients: Mapping[str, float]
) -> tuple[Task, Task]:
    """The two tasks of one function; they share one run of it."""
    optional = "" if sum(output.values()) else ", optional"
    return (
        Task(f"{name}.output", f"{name}, forward pass{optional}", name, operator, output, (name,)),
        Task(f"{name}.grads", f"{name}, backward pass{optional}", name, operator, gradients, (name,)),
    )


FUNCTIONS = Section(
    "functions",
    "Computational graphs",
    ("backprop/functions.py",),
    (
        *_graph("f1", f1, {"L": 0.0}, {f"{name}.grad": 0.0 for name in ("x1", "w1", "x2", "w2", "b", "y")}),
        *_graph("f2", f2, {"y": 0.0}, {"x.grad": 0.0}),
        *_graph("f3", f3, {"L": 4.0, f"L {OVERFLOW}": 0.0}, {"s1.grad": 3.0, "s2.grad": 3.0}),
        Task("f4.grads", "f4, a graph of your own, optional", "f4", own_graph, {"grad": 0.0}, ("f4",)),
    ),
    root="backprop",
    driver="driver",
    rules=(
        Rule(
            "f4.operators",
            f"f4 has at least {OWN_OPERATORS} operators",
            least_operators("f4", OWN_OPERATORS, "f4.grads"),
            "note",
            ("f4",),
        ),
    ),
)

LAYERS = ("neuralnet/layers.py",)
NET = ("neuralnet/two_layer_net.py",)

NEURALNET = Section(
    "neuralnet",
    "Neural networks in NumPy",
    ("neuralnet/layers.py", "neuralnet/two_layer_net.py", "neuralnet/train.py"),
    (
        Task(
            "fc",
            "Fully connected layer",
            "fc",
            linear,
            {"y": 2.0, "x.grad": 1.0, "weight.grad": 1.0, "bias.grad": 1.0},
            ("fc_forward", "fc_backward"),
            LAYERS,
            MAY_CHANGE,
        ),
        Task(
            "relu",
            "ReLU",
            "relu",
            watching(relu, "dy", "x.grad"),
            {"y": 2.5, "x.grad": 2.5, f"x.grad{AT_KINKS}": 0.0, "dy afterwards": 0.0},
            ("relu_forward", "relu_backward"),
            LAYERS,
            MAY_CHANGE,
        ),
        Task(
            "softmax",
            "Softmax loss",
            "softmax",
            softmax_loss,
            {"y": 2.5, "x.grad": 2.5},
            ("softmax_loss",),
            LAYERS,
            MAY_CHANGE,
        ),
        Task(
            "l2",
            "L2 regularisation",
            "l2",
            l2_regularization,
            {"y": 2.5, "w.grad": 2.5},
            ("l2_regularization",),
            LAYERS,
        ),
        Task(
            "two_layer_net.init",
            "Two-layer net, initialisation",
            "two_layer_start",
            two_layer_start,
            {"hidden_dim": 0.5, "weight_scale": 0.5, "bias": 0.5},
            ("TwoLayerNet.__init__", "TwoLayerNet.parameters"),
            NET,
        ),
        Task(
            "two_layer_net.forward",
            "Two-layer net, parameters and scores",
            "two_layer_net",
            two_layer_net,
            {"parameters": 0.5, "y": 2.0},
            ("TwoLayerNet.forward", "TwoLayerNet.parameters"),
            NET,
            MAY_CHANGE,
        ),
        Task(
            "two_layer_net.backward",
            "Two-layer net, gradients",
            "two_layer_net",
            two_layer_net,
            {f"{name}.grad": 0.5 for name in PARAMETERS},
            ("TwoLayerNet.backward",),
            NET,
            MAY_CHANGE,
        ),
        Task(
            "training_step",
            "Training step",
            "training_step",
            training_step,
            {"loss": 1.0, "weight.grad": 1.5, "bias.grad": 1.0, "parameters": 0.5}
            | {f"{aspect} {OTHERS}": 0.0 for aspect in ("loss", "weight.grad", "bias.grad")},
            ("training_step",),
            ("neuralnet/train.py", "neuralnet/classifier.py"),
            # Whether the parameters are as they were is an aspect of its own.
            frozenset({"x", *PARAMETERS}),
        ),
    ),
    root="neuralnet",
    driver="driver",
    provided=(
        "neuralnet/classifier.py",
        "neuralnet/linear_classifier.py",
        "neuralnet/optim.py",
        "neuralnet/data.py",
        "neuralnet/utils.py",
    ),
)

ASSIGNMENT = Assignment(
    "backprop", "Backprop: graphs, layers and networks", (FUNCTIONS, NEURALNET, TRAINING, PART1, PART2)
)
