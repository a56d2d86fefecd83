"""Backprop's hand-out as a student meets it: its scripts run, end with the right status and say what is missing."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.data.backprop.make import TARGET, make
from fixtures.mutants import SUBMISSIONS

HANDOUT = Path(__file__).resolve().parents[2] / "student/backprop"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a script of the hand-out with the files of a submission laid over it."""
    home = tmp_path / "home"
    shutil.copytree(HANDOUT, home, ignore=shutil.ignore_patterns("__pycache__"))

    def call(script: str, *arguments: str, over: str = "", python: tuple[str, ...] = (sys.executable,)) -> object:
        if over:
            shutil.copytree(SUBMISSIONS / "backprop" / over, home, dirs_exist_ok=True)
        path = home / script
        command = [*python, path.name, *arguments]
        return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, timeout=120, check=False)

    return call  # type: ignore[return-value]


def test_right_graphs_pass_every_action(run: Run) -> None:
    """backprop.py must end with 0 for a right submission, and check only what was asked for."""
    both = run("backprop/backprop.py", over="solved")
    outputs = run("backprop/backprop.py", "--function", "f3", "--action", "check-outputs")

    assert both.returncode == 0, both.stdout + both.stderr
    assert "f4.grads" in both.stdout
    assert outputs.returncode == 0
    assert "f3.output" in outputs.stdout
    assert "f3.grads" not in outputs.stdout


def test_an_optional_graph_that_is_wrong_is_a_failure(run: Run, tmp_path: Path) -> None:
    """It costs no points, but the driver must not call it right."""
    run("backprop/backprop.py", "--help", over="solved")
    functions = tmp_path / "home/backprop/functions.py"
    functions.write_text(functions.read_text().replace("L = d**2", "L = d"))

    assert run("backprop/backprop.py", "--function", "f1").returncode == 1
    assert run("backprop/backprop.py", "--action", "check-outputs").returncode == 1
    assert run("backprop/backprop.py", "--function", "f1", "--action", "check-grads").returncode == 0


@pytest.mark.parametrize("function", ["f3", "all"])
def test_stubs_are_a_failure_where_points_are_given(run: Run, function: str) -> None:
    """Nothing started must end with 1 and say so."""
    result = run("backprop/backprop.py", "--function", function, "--action", "check-grads")

    assert result.returncode == 1
    assert "not started" in result.stdout


@pytest.mark.parametrize("script", ["gradcheck_layers.py", "gradcheck_classifier.py", "check_softmax_stability.py"])
def test_layer_checks_tell_right_from_not_started(run: Run, script: str) -> None:
    """The thin front ends must end with 1 for stubs and with 0 for a right submission."""
    assert run(f"neuralnet/{script}").returncode == 1
    assert run(f"neuralnet/{script}", over="solved").returncode == 0


@pytest.mark.parametrize("script", ["backprop/backprop.py", "neuralnet/gradcheck_layers.py"])
def test_a_missing_checker_is_told(run: Run, script: str) -> None:
    """Without the checker there must be a readable message, and status 2."""
    blocked = (
        "import sys, runpy; sys.modules['checker'] = None; sys.argv.pop(0); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    result = run(script, python=(sys.executable, "-c", blocked))

    assert result.returncode == 2
    assert "make check A=backprop" in result.stdout


def test_training_without_data_says_where_it_looked(run: Run) -> None:
    """train.py and test.py must end with a message, not with a traceback."""
    for script in ("neuralnet/train.py", "neuralnet/test.py"):
        result = run(script, over="solved")

        assert result.returncode == 1
        assert "CIFAR-10 is not there" in result.stderr
        assert "Traceback" not in result.stderr


def test_sample_data_are_those_of_the_script() -> None:
    """The committed pickle must hold what its script makes: 100 inputs between 0 and 1 and right outputs per graph."""
    data = pickle.loads(TARGET.read_bytes())

    assert data == make()
    assert list(data) == ["f1", "f2", "f3 (y=1)", "f3 (y=2)"]
    for name, arity in zip(data, (6, 1, 2, 2), strict=True):
        assert [len(inputs) for inputs in data[name]["inputs"]] == [arity] * 100
        assert all(0 <= value < 1 for inputs in data[name]["inputs"] for value in inputs)
        assert len(data[name]["outputs"]) == 100
