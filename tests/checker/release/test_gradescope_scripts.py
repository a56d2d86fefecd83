"""The scripts of the archive, run as Gradescope runs them, in a folder with its paths."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from checker import assignment as assignments
from checker.release.gradescope_archive import archive
from checker.release.settings import Settings
from tests.checker import toy

RUBRIC = "\nASSIGNMENT = assignment(Path(__file__).parent)\n"


def unpacked(content: bytes, source: Path) -> None:
    """Unpack as `unzip` does, with permissions."""
    (source.parent / "autograder.zip").write_bytes(content)
    subprocess.run([sys.executable, "-m", "zipfile", "-e", source.parent / "autograder.zip", source], check=True)
    for name, mode in (("setup.sh", 0o755), ("run_autograder", 0o755), ("seed.txt", 0o644)):
        if (source / name).exists():
            (source / name).chmod(mode)


@pytest.fixture
def root(tmp_path):
    """Gradescope's folders with a real archive, in which the toy homework takes the assignment's place."""
    (tmp_path / "seed").write_text("words that nobody knows")
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission/toy.py").write_text(toy.RIGHT)
    chosen = Settings(assignment="toy", profile="quick", secret=True)
    unpacked(archive(assignments.load(assignments.names()[0]), chosen, tmp_path / "seed"), tmp_path / "source")
    home = tmp_path / "source/reference/toy"
    home.mkdir()
    (home / "__init__.py").touch()
    (home / "rubric.py").write_text(Path(toy.__file__).read_text() + RUBRIC)
    (home / "driver.py").write_text(toy.DRIVER)
    return tmp_path


def run(script: Path, root: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script from Gradescope's folder, with nothing in the environment that would find this project."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**kept, "AUTOGRADER_ROOT": str(root), **variables}
    return subprocess.run([script], cwd=root, env=environment, capture_output=True, text=True)


def results(root: Path) -> dict:
    """What stands in the file."""
    return json.loads((root / "results/results.json").read_text())


def test_run_autograder_grades(root):
    """With the archive's own sources and the environment's packages."""
    done = run(root / "source/run_autograder", root, CHECKER_PYTHON=sys.executable)

    assert done.returncode == 0
    assert results(root)["score"] == 5, done.stdout + done.stderr
    assert results(root)["extra_data"]["isolation"] != "plain"
    assert stat.S_IMODE((root / "source/seed.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE((root / "results").stat().st_mode) & 0o022 == 0
    assert sorted(path.name for path in (root / "results").iterdir()) == ["results.json"]


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_results_are_valid_when_grading_cannot_begin(root, python):
    """A sentence, not a broken autograder; the log has the status."""
    done = run(root / "source/run_autograder", root, CHECKER_PYTHON=python)

    assert done.returncode == 0
    assert results(root)["score"] == 0
    assert "no fault of the submission" in results(root)["output"]
    assert "ended with status" in done.stdout


def test_scripts_have_unix_line_ends():
    """Anything else would not start."""
    for name in ("setup.sh", "run_autograder"):
        content = (Path(assignments.__file__).parent / "release/gradescope" / name).read_bytes()
        assert content.startswith(b"#!/usr/bin/env bash\n")
        assert b"\r" not in content


@pytest.mark.slow
def test_setup_prepares_an_environment_that_grades(root):
    """Everything for real: a fresh environment from the pinned list, permissions, then a submission."""
    base = sys._base_executable  # type: ignore[attr-defined]
    done = run(root / "source/setup.sh", root, CHECKER_BASE_PYTHON=base, CHECKER_TORCH_INDEX="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert stat.S_IMODE((root / "source/seed.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE((root / "source/checker").stat().st_mode) & 0o077 == 0

    done = run(root / "source/run_autograder", root)
    assert results(root)["score"] == 5, done.stdout + done.stderr
