"""Part 2 of the convnet homework: tasks, points and house rules of the PyTorch half."""

from __future__ import annotations

import ast
import re
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
from reference.operators.two_layer_sigmoid import two_layer_sigmoid
from reference.operators.vanilla_cnn import vanilla_cnn

ROOT = "part2-pytorch"
CONFIG_POINTS = 5.0
"""What incomplete configurations cost."""

CONFIG_KEYS = {
    "Train": ("batch_size", "learning_rate", "reg", "epochs", "steps", "warmup", "momentum"),
    "network": ("model",),
    "data": ("imbalance", "save_best", "reweight", "beta"),
    "loss": ("loss_type",),
}

# Measured with dict(torch_driver.my_model(module, case)) after torch.manual_seed of 0, 1, 2: our solved model, LeNet,
# ResNet-32 and a VGG with normalisation know 1.0 of the pictures, six plain convolutions with two dropouts of 0.5 know
# 0.7, 0.7 and 0.8, and a model whose gradients are zeroed 0.2, 0.1 and 0.0. The margin below the slowest is 0.2.
LEARNED = Scale("accuracy on ten pictures learned by heart", full=0.5, none=0.2)

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


def complete_configurations(handed_in: HandedIn) -> list[Finding]:
    """There are configurations, and each has every key that main.py reads."""
    paths = [
        path
        for pattern in ("*.yaml", "*.yml")
        for path in sorted(handed_in.folder.rglob(pattern))
        if path.is_file() and not path.is_symlink() and not path.name.startswith((".", "environment"))
    ]
    if not paths:
        return [Finding("configs/*.yaml is missing from the submission")]
    findings = []
    for path in paths:
        text = re.sub(r"#.*", "", path.read_text(encoding="utf-8", errors="replace"))
        keys = [*CONFIG_KEYS, *(key for inner in CONFIG_KEYS.values() for key in inner)]
        missing = [key for key in keys if not re.search(rf"(?<![\w-])['\"]?{key}['\"]?\s*:", text)]
        if missing:
            findings.append(Finding(f"{path.name} is without {', '.join(missing)}"))
    return findings


PART2 = Section(
    "part2",
    "PyTorch",
    tuple(dict.fromkeys(file for task in TASKS for file in task.files)),
    TASKS,
    packages=("numpy", "torch", "torchvision"),
    root=ROOT,
    driver="torch_driver.py",
    provided=tuple(
        f"{ROOT}/{file}"
        for file in (
            "models/__init__.py",
            "models/resnet.py",
            "losses/__init__.py",
            "data/__init__.py",
            "data/imbalance.py",
        )
    ),
    rules=(
        Rule(
            "own-architecture",
            "MyModel is built from layers, not taken from a library",
            own_architecture,
            "all",
            ("my_model",),
        ),
        Rule("configurations", "Every configuration has every key", complete_configurations, CONFIG_POINTS),
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
