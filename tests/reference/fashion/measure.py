"""What a submission's networks reach on the held-out images, under several seeds: behind the rubric's thresholds.

``python -m tests.reference.fashion.measure fixtures/submissions/fashion/solved``
"""

from __future__ import annotations

import importlib
import random
import sys

import numpy as np
import torch

from checker.drawing import simplest
from reference.fashion import torch_driver
from reference.fashion.rubric import ASSIGNMENT

SEEDS = range(8)


def main(folder: str) -> None:
    """Print one line per part."""
    sys.path.insert(0, folder)
    torch.set_num_threads(1)
    for section in ASSIGNMENT.sections:
        operator = next(task.operator for task in section.tasks if task.call == "held_out")
        assert operator.measure is not None
        case = simplest(operator.cases)
        asked = type("Asked", (), {**case.arrays, **case.options, **case.protocol})
        module = importlib.import_module(section.files[0].removesuffix(".py"))
        for seed in SEEDS:
            random.seed(seed)
            np.random.seed(seed)
            torch.manual_seed(seed)
            print(section.id, seed, dict(operator.measure(case, dict(torch_driver.held_out(module, asked)))))


if __name__ == "__main__":
    main(sys.argv[1])
