"""The files of part 1 that are provided: the loss, the regulariser, the trainer and train.py."""

from __future__ import annotations

import importlib.util
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from checker.assignment import PROJECT
from fixtures.mutants import SUBMISSIONS

HANDOUT = PROJECT / "student/convnet/part1-convnet"
SOLVED = SUBMISSIONS / "convnet/solved/part1-convnet"


def _load(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"handed_out_{Path(file).stem}", HANDOUT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_the_loss_is_torchs_and_stable(scale: float) -> None:
    """Probabilities, mean loss and gradient must be right for logits of any size."""
    rng = np.random.default_rng(0)
    x, y = scale * rng.choice((-1.0, 1.0), (5, 3)), np.array([2, 0, 0, 1, 2])
    criterion = _load("modules/softmax_ce.py").SoftmaxCrossEntropy()
    probs, loss = criterion.forward(x, y)
    criterion.backward()
    logits = torch.from_numpy(x).requires_grad_()
    right = torch.nn.functional.cross_entropy(logits, torch.from_numpy(y))
    right.backward()  # type: ignore[no-untyped-call]

    assert np.allclose(probs, logits.softmax(1).detach().numpy())
    assert np.isclose(loss, right.item())
    assert logits.grad is not None
    assert np.allclose(criterion.dx, logits.grad.numpy())


def test_the_regulariser_is_for_weights_alone() -> None:
    """reg * weight must be added to dw, and nothing to db or to modules without parameters."""
    layer = SimpleNamespace(weight=np.array([2.0]), bias=np.array([3.0]), dw=np.array([1.0]), db=np.array([1.0]))
    model = SimpleNamespace(modules=[SimpleNamespace(), layer])
    optimizer = _load("optimizer/_base_optimizer.py")._BaseOptimizer(model, learning_rate=0.5, reg=0.25)
    optimizer.apply_regularization(model)

    assert (layer.dw, layer.db) == (np.array([1.5]), np.array([1.0]))
    assert optimizer.grad_tracker == {0: {"dw": 0.0, "db": 0.0}, 1: {"dw": 0.0, "db": 0.0}}


def _work(folder: Path, images: int) -> Path:
    """A solved part 1 with a small file in the place of CIFAR-10."""
    work = folder / "part1-convnet"
    shutil.copytree(HANDOUT, work, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SOLVED, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if images:
        rng = np.random.default_rng(0)
        batch: dict[bytes, Any] = {
            b"data": rng.integers(0, 256, (images, 3072), dtype=np.uint8),
            b"labels": [int(label) for label in rng.integers(0, 10, images)],
        }
        (work / "data/cifar-10-batches-py").mkdir()
        (work / "data/cifar-10-batches-py/data_batch_1").write_bytes(pickle.dumps(batch))
    return work


def _train(work: Path, *words: str, paths: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = [sys.executable, "train.py", *words]
    return subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300, env=environment)


def _without_matplotlib(folder: Path) -> Path:
    """A folder whose matplotlib cannot be imported."""
    blocked = folder / "blocked"
    blocked.mkdir()
    (blocked / "matplotlib.py").write_text("raise ImportError('blocked')\n")
    return blocked


def test_train_prints_an_accuracy_per_epoch(tmp_path: Path) -> None:
    """The script trains, and says so when matplotlib is missing only after the training."""
    done = _train(_work(tmp_path, 12), "--images", "12", "--epochs", "2", paths=(_without_matplotlib(tmp_path),))

    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["epoch 1", "epoch 2"]
    assert done.returncode == 1
    assert "matplotlib is not installed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="draws with matplotlib")
def test_train_draws_its_curves(tmp_path: Path) -> None:
    """The plot is there for the report."""
    work = _work(tmp_path, 12)
    done = _train(work, "--images", "12", "--epochs", "2")

    assert done.returncode == 0, done.stderr
    assert (work / "train.png").stat().st_size > 1000


def test_without_cifar_there_is_one_clear_sentence(tmp_path: Path) -> None:
    """The message names the file and where to read on."""
    done = _train(_work(tmp_path, 0))

    assert done.returncode == 1
    assert "data_batch_1 does not exist. data/README.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_trainer_reports_what_the_model_says() -> None:
    """Every sample is seen once per epoch, whatever the batch size; loss and accuracy are means over samples."""
    seen: list[int] = []
    updates: list[object] = []

    def forward(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], float]:
        seen.extend(int(value) for value in x)
        return np.eye(3)[np.zeros(len(y), int)], float(np.mean(y))

    model = SimpleNamespace(forward=forward, backward=lambda: None)
    trainer = _load("trainer.py").Trainer(model, SimpleNamespace(update=updates.append), batch_size=4)
    labels = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    trainer.run(np.arange(10), labels, 2)

    assert sorted(seen) == sorted([*range(10)] * 2)
    assert len(updates) == 6
    assert trainer.accuracies == [0.4, 0.4]
    assert np.allclose(trainer.losses, labels.mean())
