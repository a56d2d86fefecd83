"""The hand-out's unit tests and training script, run as a student runs them."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from checker.assignment import PROJECT
from fixtures.mutants import SUBMISSIONS

HANDOUT = PROJECT / "student/mlp"


def _work(folder: Path, solved: bool) -> Path:
    """The hand-out in a folder, filled in or not; the folder with the code."""
    shutil.copytree(HANDOUT, folder / "mlp")
    if solved:
        shutil.copytree(SUBMISSIONS / "mlp/solved", folder / "mlp", dirs_exist_ok=True)
    return folder / "mlp/assignment_1/code"


def _run(code: Path, *words: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    return subprocess.run([python, *words], cwd=code, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("solved", [True, False], ids=["solved", "handout"])
def test_unit_tests_pass_for_right_code_and_say_what_is_missing(tmp_path: Path, solved: bool) -> None:
    """All nine pass, or all fail as not started but one (an untouched module does not iterate)."""
    done = _run(_work(tmp_path, solved), "unittests.py")

    assert "Ran 9 tests" in done.stderr
    assert done.returncode == (0 if solved else 1)
    assert ("OK" in done.stderr) == solved
    assert solved or "not started" in done.stderr


def test_without_the_checker_there_is_one_clear_sentence(tmp_path: Path) -> None:
    """A Python that has no checker is named."""
    code = _work(tmp_path, solved=True)
    bare = subprocess.run(
        [sys._base_executable, "-S", "unittests.py"],  # type: ignore[attr-defined]
        cwd=code,
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
        timeout=120,
    )

    assert bare.returncode == 1
    assert "the checker is not installed for this Python" in bare.stderr


def test_training_runs_on_data_in_a_folder(tmp_path: Path) -> None:
    """The script reads batches, trains, and leaves its curves; without data it says what to download."""
    code = _work(tmp_path, solved=True)
    rng = np.random.default_rng(0)
    (tmp_path / "data").mkdir()
    for name in (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"):
        batch = {b"data": rng.integers(0, 256, (20, 3072), dtype=np.uint8), b"labels": rng.integers(0, 10, 20).tolist()}
        (tmp_path / "data" / name).write_bytes(pickle.dumps(batch))
    flags = ["--max_steps", "4", "--eval_freq", "2", "--batch_size", "10", "--dnn_hidden_units", "6,5"]
    done = _run(code, "train_mlp_numpy.py", *flags, "--learning_rate", "1e-5", "--data_dir", str(tmp_path / "data"))

    assert done.returncode == 0, done.stderr
    assert "step 2:" in done.stdout and "step 4:" in done.stdout
    assert (code / "curves_mlp_numpy.npz").is_file()
    without = _run(code, "train_mlp_numpy.py", "--data_dir", str(tmp_path / "none"))
    assert "download cifar-10-python.tar.gz" in without.stderr
