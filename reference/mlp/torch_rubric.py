"""The PyTorch half: MLP, batch normalisation and ConvNet.

Of the 20 points for the MLP, 10 are for the model and given here; the other 10 are for its training, which is not
graded yet. Batch normalisation is worth 10 as a module with autograd, 3 as a function and 1 as the module that calls
it; the ConvNet 10.
"""

from __future__ import annotations

from checker.assignment import Section, Task
from checker.sandbox.limits import Limits
from reference.operators.batch_normalisation import (
    batch_normalisation,
    batch_normalisation_calling,
    batch_normalisation_function,
)
from reference.operators.convolutional_network import convolutional_network
from reference.operators.perceptron_logits import perceptron_logits

CODE = "assignment_1/code"
MLP, BATCHNORM, CONVNET = (f"{CODE}/{name}.py" for name in ("mlp_pytorch", "custom_batchnorm", "convnet_pytorch"))

MLP_POINTS = {"parameters": 1.0, "n_hidden": 1.0, "y": 5.0, "weight.grad": 2.0, "bias.grad": 1.0, "logits": 0.0}
AUTOGRAD_POINTS = {
    "registered": 0.5,
    "gamma": 0.25,
    "beta": 0.25,
    "shapes": 1.0,
    "y": 4.0,
    "y of one sample": 1.0,
    "x.grad": 1.5,
    "gamma.grad": 0.75,
    "beta.grad": 0.75,
}
FUNCTION_POINTS = {
    "y": 0.5,
    "y of one sample": 0.25,
    "x.grad": 0.5,
    "gamma.grad": 0.25,
    "beta.grad": 0.25,
    "unneeded": 0.5,
    "saved": 0.25,
    "context": 0.25,
    "gradcheck": 0.25,
}
MODULE_POINTS = {
    "registered": 0.1,
    "gamma": 0.05,
    "beta": 0.05,
    "shapes": 0.2,
    "function": 0.1,
    "y": 0.15,
    "y of one sample": 0.05,
    "x.grad": 0.1,
    "gamma.grad": 0.1,
    "beta.grad": 0.1,
}
CONVNET_POINTS = {
    "parameters": 2.0,
    "initial": 0.5,
    "convolutions": 0.5,
    "batch_norms": 1.0,
    "pools": 1.0,
    "linear": 0.5,
    "y": 3.0,
    "y of one sample": 0.5,
    "y of other sizes": 1.0,
    "logits": 0.0,
}


def _methods(name: str) -> tuple[str, ...]:
    return f"{name}.__init__", f"{name}.forward"


TORCH = Section(
    "torch",
    "PyTorch: MLP, batch normalisation, ConvNet",
    (MLP, BATCHNORM, CONVNET),
    (
        Task("torch_mlp", "PyTorch MLP: the model", "mlp", perceptron_logits, MLP_POINTS, _methods("MLP"), (MLP,)),
        Task(
            "batchnorm_autograd",
            "Batch normalisation with autograd",
            "batchnorm_autograd",
            batch_normalisation,
            AUTOGRAD_POINTS,
            _methods("CustomBatchNormAutograd"),
            (BATCHNORM,),
        ),
        Task(
            "batchnorm_function",
            "Batch normalisation as a function",
            "batchnorm_function",
            batch_normalisation_function,
            FUNCTION_POINTS,
            tuple(f"CustomBatchNormManualFunction.{way}" for way in ("forward", "backward")),
            (BATCHNORM,),
        ),
        Task(
            "batchnorm_module",
            "Batch normalisation as the module of that function",
            "batchnorm_module",
            batch_normalisation_calling,
            MODULE_POINTS,
            _methods("CustomBatchNormManualModule"),
            (BATCHNORM,),
        ),
        Task(
            "convnet",
            "ConvNet",
            "convnet",
            convolutional_network,
            CONVNET_POINTS,
            _methods("ConvNet"),
            (CONVNET,),
        ),
    ),
    packages=("numpy", "torch"),
    root=CODE,
    driver="torch_driver.py",
    limits=Limits(memory=8 << 30, import_seconds=120, case_seconds=30, task_seconds=120),
)
