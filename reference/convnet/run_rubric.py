"""Part 2 of the convnet homework as a whole: main.py run as configurations say, and the report on imbalanced data."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from checker.assignment import Finding, HandedIn, ManualTask, Rule, Section, Task
from checker.datasets.layouts import write_cifar
from checker.datasets.small import small
from checker.sandbox.limits import Limits
from reference.convnet.torch_rubric import PROVIDED, ROOT
from reference.operators.configured_run import CLASSES, PER_CLASS, configured_run

REPORT_POINTS = 10.0
CONFIG_KEYS = {
    "Train": ("batch_size", "learning_rate", "reg", "epochs", "steps", "warmup", "momentum"),
    "network": ("model",),
    "data": ("imbalance", "save_best", "reweight", "beta"),
    "loss": ("loss_type",),
}
MAIN = Task(
    "main",
    "Runs as configured",
    "run",
    configured_run,
    {
        "learning rate": 0.5,
        "settings": 0.25,
        "class sizes": 0.25,
        "loss": 0.25,
        "class weights": 0.25,
        "best weights": 0.5,
        "network": 0.0,
        "file name": 0.0,
    },
    ("train", "validate"),
    (f"{ROOT}/main.py",),
)


def serve(folder: Path) -> None:
    """What ``data.load`` finds as CIFAR10: the same number of pictures of each class."""
    data_set = small("cifar10")
    labels = data_set.train.labels
    chosen = np.concatenate([np.flatnonzero(labels == label)[:PER_CLASS] for label in range(CLASSES)])
    write_cifar(folder, data_set.train.take(np.sort(chosen)), data_set.test.take(slice(PER_CLASS)), data_set.classes)


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


RUNS = Section(
    "runs",
    "PyTorch: whole runs",
    MAIN.files,
    (MAIN,),
    packages=("numpy", "torch", "torchvision"),
    root=ROOT,
    driver="run_driver",
    provided=PROVIDED,
    rules=(Rule("configurations", "Every configuration has every key", complete_configurations, "all"),),
    manual=(
        ManualTask(
            "imbalance",
            "ResNet-32 on imbalanced data: cross entropy against focal loss, class by class",
            REPORT_POINTS,
            ("*report*", "*writeup*"),
        ),
    ),
    data=serve,
    limits=Limits(memory=8 << 30, import_seconds=120.0, case_seconds=120.0, task_seconds=240.0),
)
