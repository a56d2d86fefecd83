"""Part 2 of the convnet homework: tasks, points and house rules of the PyTorch half."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from checker.assignment import Finding, HandedIn, Rule, Section, Task
from checker.rules import archive_name, no_prints, provided_unchanged, required_files
from checker.sandbox.limits import Limits
from checker.scale import Scale
from reference.operators.class_weights import class_weights
from reference.operators.classification import validation
from reference.operators.epoch import epoch
from reference.operators.focal import focal_loss
from reference.operators.own_model import own_model
from reference.operators.saved_weights import saved_weights
from reference.operators.two_layer_sigmoid import two_layer_sigmoid
from reference.operators.vanilla_cnn import vanilla_cnn

ROOT = "part2-pytorch"
PROVIDED = tuple(
    f"{ROOT}/{file}"
    for file in (
        "models/__init__.py",
        "models/resnet.py",
        "losses/__init__.py",
        "data/__init__.py",
        "data/imbalance.py",
    )
)
WEIGHTS_POINTS = {"fits": 1.0, "accuracy": 0.0}
"""For each network. What saved weights are worth can only be measured where CIFAR-10 is prepared: until a course counts
on that, the accuracy is a note, from which a person gives credit."""

# Measured with dict(torch_driver.my_model(module, case)) after torch.manual_seed of 0, 1, 2: our solved model, LeNet,
# ResNet-32 and a VGG with normalisation know 1.0 of the pictures, six plain convolutions with two dropouts of 0.5 know
# 0.7, 0.7 and 0.8, and a model whose gradients are zeroed 0.2, 0.1 and 0.0. The margin below the slowest is 0.2.
LEARNED = Scale("accuracy on ten pictures learned by heart", full=0.5, none=0.2)

# What the homework expects on the test pictures: "about" 0.3 and 0.4, and three steps for a network of one's own. The
# margins, 0.05, are for what 2,000 of the pictures leave open and for the word "about"; guessing gets 0.1.
TWO_LAYERS = Scale("accuracy on CIFAR-10", full=0.25, none=0.15)
VANILLA = Scale("accuracy on CIFAR-10", full=0.35, none=0.15)
OWN = Scale("accuracy on CIFAR-10", full=0.7, none=0.5, steps=((0.5, 1 / 3), (0.6, 2 / 3), (0.7, 1.0)))


def _weights(task: str, file: str, network: str, scale: Scale, sizes: tuple[int, ...] = ()) -> Task:
    return Task(
        f"{task}_weights",
        f"Saved weights of {network}",
        f"{task}_weights",
        saved_weights(network, sizes),
        WEIGHTS_POINTS,
        (f"{network}.__init__",),
        (f"{ROOT}/models/{file}.py",),
        scales={"accuracy": scale},
    )


TASKS = (
    Task(
        "twolayer",
        "TwoLayerNet",
        "twolayer",
        two_layer_sigmoid,
        {"parameters": 1.0, "y": 3.0, "gradient": 1.0},
        ("TwoLayerNet.__init__", "TwoLayerNet.forward"),
        (f"{ROOT}/models/twolayer.py",),
    ),
    Task(
        "cnn",
        "VanillaCNN",
        "cnn",
        vanilla_cnn,
        {"parameters": 1.0, "y": 3.0, "gradient": 1.0},
        ("VanillaCNN.__init__", "VanillaCNN.forward"),
        (f"{ROOT}/models/cnn.py",),
    ),
    Task(
        "my_model",
        "A network of one's own",
        "my_model",
        own_model,
        {"columns": 2.0, "raw logits": 2.0, "unlike VanillaCNN": 2.0, "accuracy": 4.0},
        ("MyModel.__init__", "MyModel.forward"),
        (f"{ROOT}/models/my_model.py",),
        scales={"accuracy": LEARNED},
    ),
    Task(
        "train",
        "One epoch of training",
        "train",
        epoch,
        {"weight": 3.0, "bias": 1.0, "train mode": 1.0},
        ("train",),
        (f"{ROOT}/main.py",),
    ),
    Task(
        "validate",
        "Accuracy and confusion matrix",
        "validate",
        validation,
        {
            "accuracy": 1.5,
            "accuracy of unequal classes": 0.5,
            "confusion": 2.0,
            "confusion of unequal classes": 0.0,
            "evaluation mode": 0.5,
            "without gradients": 0.5,
        },
        ("validate",),
        (f"{ROOT}/main.py",),
    ),
    Task(
        "reweight",
        "Class weights",
        "reweight",
        class_weights,
        {"weights": 4.0},
        ("reweight",),
        (f"{ROOT}/losses/focal_loss.py",),
    ),
    Task(
        "focal_loss",
        "Focal loss",
        "focal",
        focal_loss,
        {
            "y": 3.0,
            "x.grad": 1.0,
            "y of confident predictions": 1.0,
            "x.grad of confident predictions": 1.0,
        },
        ("FocalLoss.forward",),
        (f"{ROOT}/losses/focal_loss.py",),
    ),
    _weights("twolayer", "twolayer", "TwoLayerNet", TWO_LAYERS, (3072, 256, 10)),
    _weights("cnn", "cnn", "VanillaCNN", VANILLA),
    _weights("my_model", "my_model", "MyModel", OWN),
)

_FOREIGN = ("torchvision", "timm", "transformers", "torch.hub", "pretrainedmodels", "efficientnet_pytorch")


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module that a file imports or names by a dotted path."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in names)
            case ast.Attribute(value=ast.Name(id=holder), attr=attribute):
                yield node.lineno, f"{holder}.{attribute}"


def own_architecture(handed_in: HandedIn) -> list[Finding]:
    """MyModel takes no network or weights from a library."""
    findings = []
    for file, text in handed_in.sources.items():
        if file.endswith("models/my_model.py"):
            try:
                found = list(_imports(ast.parse(text)))
            except (SyntaxError, ValueError):
                continue
            for line, name in found:
                foreign = name.startswith(_FOREIGN) and not name.startswith(
                    ("torchvision.ops", "torchvision.transforms")
                )
                if foreign and name != "torchvision":
                    findings.append(
                        Finding(f"{name} is used: the network has to be built from layers", f"{file}:{line}")
                    )
    return findings


PART2 = Section(
    "part2",
    "PyTorch",
    tuple(dict.fromkeys(file for task in TASKS for file in task.files)),
    TASKS,
    packages=("numpy", "torch", "torchvision"),
    root=ROOT,
    driver="torch_driver",
    attachments=("*.pth", "*.pt"),
    provided=PROVIDED,
    rules=(
        Rule(
            "own-architecture",
            "MyModel is built from layers, not taken from a library",
            own_architecture,
            "all",
            ("my_model", "my_model_weights"),
        ),
        Rule(
            "part2-printing",
            "Models and losses print nothing",
            no_prints,
            "all",
            ("twolayer", "cnn", "my_model", "reweight", "focal_loss"),
        ),
        Rule("part2-provided", "The provided files of part 2 are as handed out", provided_unchanged, "note"),
        Rule("checkpoints", "The best weights are handed in", required_files("*.pth"), "note"),
        Rule(
            "part2-archive",
            "The archive of part 2 has the name that was asked for",
            archive_name(r"assignment_2_part_[12]_submission\.zip", "assignment_2_part_2_submission.zip"),
            "note",
        ),
    ),
    limits=Limits(memory=8 << 30, import_seconds=120.0, case_seconds=120.0, task_seconds=240.0),
)
