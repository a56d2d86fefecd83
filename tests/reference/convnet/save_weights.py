"""Writes ``checkpoints/`` beside a submission's part 2: weights that fit its networks, in small files.

Their values are drawn from few numbers that all tensors share, so they know nothing of any picture.
``python -m tests.reference.convnet.save_weights fixtures/submissions/convnet/solved/part2-pytorch``
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import torch

NETWORKS = {"twolayer": ("TwoLayerNet", (3072, 256, 10)), "cnn": ("VanillaCNN", ()), "my_model": ("MyModel", ())}


def _overlapping(tensor: Any, numbers: Any) -> Any:
    """A tensor of the same shape whose neighbours overlap in memory, of which only the numbers are saved."""
    steps = [1] * tensor.dim()
    if sum(size - 1 for size in tensor.shape) >= len(numbers):
        steps = [0] * (tensor.dim() - 1) + [1]
    return numbers.as_strided(tensor.shape, steps)


def main(part2: Path, models: Path) -> None:
    """One file for each network of the folder ``models``."""
    sys.path[:0] = [str(models.parent), str(models)]
    (part2 / "checkpoints").mkdir(exist_ok=True)
    for file, (name, sizes) in NETWORKS.items():
        torch.manual_seed(0)
        numbers = torch.rand(5600) * 0.02
        network = getattr(importlib.import_module(file), name)(*sizes)
        with torch.no_grad():
            # Layers that take their size from the first batch have weights only then.
            network(torch.zeros(2, 3, 32, 32))
        saved = {
            key: _overlapping(tensor, numbers) if tensor.is_floating_point() else tensor
            for key, tensor in network.state_dict().items()
        }
        network.load_state_dict(saved)
        torch.save(saved, part2 / "checkpoints" / f"{name.lower()}.pth")


if __name__ == "__main__":
    part2 = Path(sys.argv[1])
    main(part2, part2 / "models" if (part2 / "models").is_dir() else part2)
