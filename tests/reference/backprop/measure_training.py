"""What a submission's two-layer net reaches under several seeds: behind the thresholds of its training.

``python -m tests.reference.backprop.measure_training fixtures/submissions/backprop/solved``
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np

from checker.drawing import simplest
from reference.backprop import driver
from reference.backprop.training_rubric import MODULES, TRAINING

SEEDS = range(5)
HANDOUT = Path(__file__).parents[3] / "student/backprop/neuralnet"


def main(folder: str) -> None:
    """Print one line per task and seed."""
    sys.path[:0] = [str(Path(folder) / "neuralnet"), str(HANDOUT)]
    modules = [importlib.import_module(Path(name).stem) for name in MODULES]
    for task in TRAINING.tasks:
        operator = task.operator
        assert operator.measure is not None
        case = simplest(operator.cases)
        asked = type("Asked", (), {**case.arrays, **case.options})
        for seed in SEEDS:
            np.random.seed(seed)
            print(task.id, seed, dict(operator.measure(case, dict(driver.fit(*modules, asked)))))


if __name__ == "__main__":
    main(sys.argv[1])
