"""What a submission's PyTorch MLP reaches on the held-out pictures, under several seeds: behind the rubric's threshold.

``python -m tests.reference.mlp.measure_training fixtures/submissions/mlp/solved/assignment_1/code``
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import tempfile
import time
from pathlib import Path

import torch

from checker.assignment import PROJECT
from reference.mlp import torch_driver
from reference.mlp.torch_rubric import CODE, TORCH, trained_case

SEEDS = range(5)


def main(folder: str) -> None:
    """Print one line per seed."""
    sys.path[:0] = [str(Path(folder).resolve()), str(PROJECT / "student/mlp" / CODE)]
    sys.argv[1:] = []
    torch.set_num_threads(1)
    operator = next(task.operator for task in TORCH.tasks if task.call == "mlp_trained")
    assert operator.measure is not None
    modules = [importlib.import_module(name) for name in ("mlp_pytorch", "train_mlp_pytorch")]
    for seed in SEEDS:
        case, start = trained_case(seed), time.process_time()
        given = type("Asked", (), {**case.arrays, **case.options, **case.protocol})
        with contextlib.redirect_stdout(io.StringIO()), contextlib.chdir(tempfile.mkdtemp()):
            outputs = dict(torch_driver.mlp_trained(modules[0], modules[1], given))
        print(seed, outputs["loss"], dict(operator.measure(case, outputs)), f"{time.process_time() - start:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1])
