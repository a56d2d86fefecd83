"""What a fashion submission reaches on the full Fashion-MNIST, and in what time: the record behind docs/accuracy.md.

``python -m bench.accuracy fixtures/submissions/fashion/solved`` after ``checker data fashion-mnist``. Runs the
submission's own ``fit`` on one thread, as the grader does, and counts on images that it has not seen.
"""

from __future__ import annotations

import importlib
import random
import sys
import time

import numpy as np
import torch

from checker.datasets import prepared
from checker.datasets.parts import PARTS, divide

SEEDS = range(3)
ITERATIONS = {"part1": 50, "part2": 100, "part3": 100}


def _seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


def reached(module, part: str, division) -> str:
    """The accuracy, or for part 3 the squared error, of one training run."""
    scale = 255.0 if part == "part3" else 1.0
    train, test = (
        torch.tensor(split.images.reshape(len(split), -1) / scale, dtype=torch.float32)
        for split in (division.train, division.hidden)
    )
    if part == "part3":
        _, images, _ = module.fit(train, test, ITERATIONS[part])
        return f"mse {float(((np.asarray(images) - test.numpy()) ** 2).mean()):.4f}"
    labels = torch.tensor(division.train.labels)
    _, predictions, _ = module.fit(train, labels, test, ITERATIONS[part])
    return f"accuracy {float((np.asarray(predictions) == division.hidden.labels).mean()):.4f}"


def main(folder: str) -> None:
    """Print one line per part and seed."""
    data_set = prepared("fashion-mnist")
    if data_set is None:
        raise SystemExit("Fashion-MNIST is not prepared: run `checker data fashion-mnist` first")
    print(f"{data_set.name}, version {data_set.version}, {len(data_set.train)} + {len(data_set.test)} images")
    sys.path.insert(0, folder)
    torch.set_num_threads(1)
    for number, part in enumerate(ITERATIONS, start=1):
        module = importlib.import_module(f"neuralnet_p{number}")
        division = divide(data_set, PARTS["part2" if part == "part3" else part])
        for seed in SEEDS:
            _seed(seed)
            started = time.process_time()
            result = reached(module, part, division)
            spent = time.process_time() - started
            sizes = f"{len(division.train)} training images, {len(division.hidden)} hidden"
            print(f"{part} seed {seed}: {result} in {spent:.1f} CPU s ({sizes})")


if __name__ == "__main__":
    main(sys.argv[1])
