"""The hand-out's script, run as a student runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checker.assignment import PROJECT
from fixtures.mutants import SUBMISSIONS


def _run(folder: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("solved", [True, False], ids=["solved", "handout"])
def test_trains_evaluates_and_saves(tmp_path: Path, solved: bool) -> None:
    """Data are made; each part trains for its batches, is evaluated and saved; stubs are said to be not started."""
    folder = tmp_path / "fashion"
    shutil.copytree(PROJECT / "student/fashion", folder)
    if solved:
        shutil.copytree(SUBMISSIONS / "fashion/solved", folder, dirs_exist_ok=True)
    assert "part2" in _run(folder, "make_data.py", "data")
    printed = _run(folder, "mp6.py", "--dataset", "data", "--max_iter", "4")

    assert printed.count("8 batches") == 2
    assert printed.count("not started") == (0 if solved else 3)
    assert ("100867 parameters" in printed) == solved
    assert len(list(folder.glob("net_p*.model"))) == (3 if solved else 0)
