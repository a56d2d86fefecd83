"""MLPs, CNNs and backpropagation: tasks and points. The NumPy MLP, 15 points, the derivations, and PyTorch.

The 15 points: modules 9.5 (initial parameters 1, linear 3, leaky ReLU 2, softmax 2, cross entropy 1.5), the network
2.5, accuracy 1, the training script's flags 2.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.assignment import Assignment, ManualTask, Rule, Section, Task
from checker.operator import Operator
from checker.rules import archive_name, no_iteration, provided_unchanged
from reference.mlp.flags import flags
from reference.mlp.torch_rubric import TORCH
from reference.operators.accuracy import accuracy
from reference.operators.initialisation import normal_weights
from reference.operators.leaky_relu import leaky_relu
from reference.operators.linear import linear
from reference.operators.perceptron import perceptron
from reference.operators.probability_loss import probability_loss
from reference.operators.softmax import softmax

CODE = "assignment_1/code"
MODULES, MLP, TRAINING = (f"{CODE}/{name}.py" for name in ("modules", "mlp_numpy", "train_mlp_numpy"))
PROVIDED = tuple(f"{CODE}/{name}.py" for name in ("cifar10_utils", "gradient_check", "unittests"))
DEVIATION = 1e-4


def _module(call: str, title: str, operator: Operator, points: Mapping[str, float], *classes: str) -> Task:
    """The task of one class of modules.py, whose name may be any of ``classes``."""
    where = tuple(f"{name}.{way}" for name in classes for way in ("forward", "backward"))
    return Task(call, title, call, operator, points, where, (MODULES,))


MODULE_TASKS = (
    _module(
        "linear",
        "Linear module",
        linear,
        {"y": 1.0, "x.grad": 0.5, "weight.grad": 0.75, "bias.grad": 0.75},
        "LinearModule",
    ),
    _module("leaky_relu", "Leaky ReLU module", leaky_relu, {"y": 1.0, "x.grad": 1.0}, "LeakyReLUModule"),
    _module("softmax", "Softmax module", softmax, {"y": 1.0, "x.grad": 1.0}, "SoftMaxModule", "SoftmaxModule"),
    _module(
        "cross_entropy", "Cross-entropy module", probability_loss, {"y": 0.75, "x.grad": 0.75}, "CrossEntropyModule"
    ),
)

# Where a script reads its data it may do in ways that are not seen from outside: a note. New pictures for each update
# belong to the batch size.
FLAGS = {
    "learning_rate": 0.25,
    "update": 0.25,
    "max_steps": 0.5,
    "dnn_hidden_units": 0.25,
    "neg_slope": 0.25,
    "batch_size": 0.25,
    "eval_freq": 0.25,
    "data_dir": 0.0,
    "new_batches": 0.0,
}

NUMPY = Section(
    "numpy",
    "NumPy MLP",
    (MODULES, MLP),
    (
        Task(
            "initial",
            "Initial parameters of the linear module",
            "initial",
            normal_weights(DEVIATION),
            {"weight": 0.5, "bias": 0.25, "grad": 0.25},
            ("LinearModule.__init__",),
            (MODULES,),
        ),
        *MODULE_TASKS,
        Task(
            "mlp",
            "Multi-layer perceptron",
            "mlp",
            perceptron,
            {"y": 1.0, "weight.grad": 0.75, "bias.grad": 0.5, "n_hidden": 0.25},
            ("MLP.__init__", "MLP.forward", "MLP.backward"),
            (MODULES, MLP),
        ),
    ),
    root=CODE,
    driver="driver",
    provided=PROVIDED,
    rules=(
        Rule(
            "matrix_operations",
            "Matrix operations instead of iteration in the modules",
            no_iteration,
            "half",
            tuple(task.id for task in MODULE_TASKS),
        ),
        Rule("provided_files", "Provided files are unchanged", provided_unchanged, "note"),
        Rule(
            "archive_name",
            "Name of the archive",
            archive_name(r"[^\W\d_][\w' -]*_assignment1\.zip", "<lastname>_assignment1.zip"),
            "note",
        ),
    ),
    manual=(
        ManualTask("derivation_modules", "1.1 a: gradients of the modules", 15.0, ("*.pdf",)),
        ManualTask("derivation_chain", "1.1 b: backpropagation through the network", 15.0, ("*.pdf",)),
        ManualTask("derivation_batch", "1.1 c: batches", 5.0, ("*.pdf",)),
        ManualTask("derivation_batchnorm", "3.2 a: gradients of batch normalisation", 6.0, ("*.pdf",)),
    ),
)

TRAINING_SCRIPT = Section(
    "training",
    "Training script of the NumPy MLP",
    (MODULES, MLP, TRAINING),
    (
        Task("accuracy", "Accuracy", "accuracy", accuracy, {"y": 1.0}, ("accuracy",), (TRAINING,)),
        Task("flags", "Flags of the training script", "flags", flags, FLAGS, ("train",), (MLP, TRAINING)),
    ),
    root=CODE,
    driver="driver",
    provided=PROVIDED,
)

ASSIGNMENT = Assignment("mlp", "MLPs, CNNs and backpropagation", (NUMPY, TRAINING_SCRIPT, TORCH))
