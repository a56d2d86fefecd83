"""What a submission's network reaches on the held-out images, under several seeds: behind the rubric's threshold.

``python -m tests.reference.pynet.measure fixtures/submissions/pynet/solved``
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from checker.datasets.serving import serve as point_to
from checker.datasets.torchvision_import import load
from checker.drawing import simplest
from reference.pynet.torch_rubric import CIFAR, serve

SEEDS = range(5)


def _seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


def main(folder: str) -> None:
    """Print one line per seed."""
    sys.path.insert(0, str(Path(folder).resolve()))
    torch.set_num_threads(1)
    torchvision = load()
    operator = next(task.operator for task in CIFAR.tasks if task.call == "model")
    assert operator.measure is not None
    case = simplest(operator.cases)
    asked = type("Asked", (), {**case.arrays})
    with tempfile.TemporaryDirectory() as data, contextlib.redirect_stdout(io.StringIO()) as printed:
        os.chdir(data)
        serve(Path(data))
        point_to(torchvision, data)
        driver = importlib.import_module("reference.pynet.torch_driver")
        module = importlib.import_module("hw3_pytorch_cifar")
        for seed in SEEDS:
            # The driver always starts from the same seed: here it gets another one.
            driver.seeds.seed = lambda number, seed=seed: _seed(1000 * seed + number)
            answer = dict(driver.model(module, asked))
            epochs = len(answer["curve accuracy"])
            print(seed, dict(operator.measure(case, answer)), f"{epochs} epochs", file=sys.stderr, flush=True)
    del printed


if __name__ == "__main__":
    main(sys.argv[1])
