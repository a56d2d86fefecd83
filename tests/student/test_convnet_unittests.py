"""The hand-out's own tests: ``python -m unittest tests.test_conv`` in part1-convnet, run as a student runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checker.assignment import PROJECT
from fixtures.mutants import SUBMISSIONS

HANDOUT = PROJECT / "student/convnet/part1-convnet"
SOLVED = SUBMISSIONS / "convnet/solved/part1-convnet"
NAMES = ("test_conv", "test_maxpool", "test_relu", "test_linear", "test_convnet", "test_sgd")


def _work(folder: Path, *, solved: bool) -> Path:
    """The hand-out's folder, filled in or not."""
    work = folder / "part1-convnet"
    shutil.copytree(HANDOUT, work, ignore=shutil.ignore_patterns("__pycache__"))
    if solved:
        shutil.copytree(SOLVED, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return work


def _run(work: Path, *names: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "unittest", *(f"tests.{name}" for name in names)]
    return subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=600)


def test_there_is_a_test_per_task() -> None:
    """Each task of part 1 has its file."""
    assert {path.stem for path in (HANDOUT / "tests").glob("test_*.py")} == set(NAMES)


def test_all_pass_for_right_code(tmp_path: Path) -> None:
    """Six tests, six tasks."""
    done = _run(_work(tmp_path, solved=True), *NAMES)

    assert "Ran 6 tests" in done.stderr
    assert done.returncode == 0, done.stderr


def test_the_stubs_are_not_started(tmp_path: Path) -> None:
    """Each test fails once, and says why."""
    done = _run(_work(tmp_path, solved=False), "test_conv", "test_sgd")

    assert done.returncode == 1
    assert "failures=2" in done.stderr
    assert done.stderr.count("not started") == 2


def test_a_wrong_answer_and_a_print_are_explained(tmp_path: Path) -> None:
    """Every wrong answer fails with the checker's words and the smallest input; a broken rule fails, too."""
    work = _work(tmp_path, solved=True)
    file = work / "modules/relu.py"
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace("self.dx = dout * self.mask", "print('dx')\n        self.dx = self.mask * 1.0"))
    done = _run(work, "test_relu")

    assert done.returncode == 1
    assert "failures=2" in done.stderr
    assert "x.grad: wrong in" in done.stderr
    assert "likely: the upstream gradient is ignored" in done.stderr
    assert "expected x.grad =" in done.stderr
    assert "relu prints" in done.stderr


def test_without_the_checker_there_is_one_clear_sentence(tmp_path: Path) -> None:
    """A Python that has no checker is named, and what to do about it."""
    bare = subprocess.run(
        [sys._base_executable, "-S", "-m", "unittest", "tests.test_relu"],  # type: ignore[attr-defined]
        cwd=_work(tmp_path, solved=True),
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
        timeout=120,
    )

    assert bare.returncode == 1
    assert "the checker is not installed for this Python" in bare.stderr
    assert "make check A=convnet TASK=relu" in bare.stderr


@pytest.mark.skipif(shutil.which("zip") is None, reason="the script packs with zip")
def test_what_is_collected_is_what_is_asked_for(tmp_path: Path) -> None:
    """The archive has the name that was asked for, and the grader finds everything in it."""
    work = _work(tmp_path, solved=True)
    subprocess.run(["sh", "collect_submission.sh"], cwd=work, check=True, capture_output=True, timeout=60)
    shutil.unpack_archive(work / "assignment_2_part_1_submission.zip", tmp_path / "unpacked")
    packed = {str(path.relative_to(tmp_path / "unpacked")) for path in (tmp_path / "unpacked").rglob("*.py")}

    assert {"trainer.py", "train.py", "modules/convolution.py", "optimizer/sgd.py"} <= packed
    assert not [name for name in packed if name.startswith("tests")]
