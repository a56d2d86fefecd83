"""The command line: exit status, bad requests in one sentence, the JSON report, the same report twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from checker.cli import main

ROOT = Path(__file__).parent.parent.parent
SOLVED = ROOT / "fixtures/submissions/pynet/solved"
LAYERS = ("linear", "batchnorm1d", "relu", "cross_entropy", "conv2d", "maxpool2d")
KEYS = {"schema", "assignment", "points", "max_points", "seed", "profile", "isolation", "tasks"}
TASK_KEYS = {"id", "title", "section", "points", "max_points", "status", "message", "aspects"}
ASPECT_KEYS = {"id", "points", "max_points", "status", "message", "diagnosis", "counterexample"}


def _check(*arguments: object) -> int:
    return main(["check", "pynet", "--profile", "quick", *map(str, arguments)])


def test_solved_submission(capsys):
    """A solved submission: full points on stdout, status 0."""
    assert _check("--submission", SOLVED, "--task", "relu", "--fail-under", 100) == 0
    assert "6 / 6" in capsys.readouterr().out


def test_below_the_threshold():
    """Below --fail-under the status is 1, without it 0."""
    assert _check("--task", "relu", "--fail-under", 50) == 1
    assert _check("--task", "relu") == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nosuch"], "no assignment 'nosuch'"),
        (["check", "pynet", "--task", "rellu.forward"], "did you mean relu.forward"),
        (["check", "pynet", "--submission", "/no/such/folder"], "no submission"),
        (["check", "pynet", "--isolation", "vacuum"], "vacuum"),
        (["check", "pynet", "--report-json", "/no/such/folder/r.json"], "does not exist"),
        (["check", "pynet", "pynet", "--submission", "x"], "goes with one assignment"),
    ],
)
def test_bad_requests(arguments, words, capsys):
    """One clear sentence on stderr and status 2, never a traceback."""
    assert main(arguments) == 2
    error = capsys.readouterr().err.strip().split("\n")[-1]

    assert error.startswith("checker: ")
    assert words in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "pynet", "--fail-under", "150"],
        ["check", "--nope"],
        ["check", "pynet", "--profile", "huge"],
        ["grab"],
        [],
    ],
)
def test_wrong_flags(arguments, capsys):
    """A wrong flag ends with status 2 and one sentence."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    error = capsys.readouterr().err

    assert stopped.value.code == 2
    assert error.startswith("checker: ")
    assert len(error.strip().splitlines()) == 1


def test_list(capsys):
    """Every assignment and task is listed."""
    assert main(["list"]) == 0
    output = capsys.readouterr().out

    assert "pynet" in output
    assert "conv2d.backward" in output


def test_json_report(tmp_path):
    """The document has the promised keys, and its sums are right."""
    path = tmp_path / "report.json"
    _check("--report-json", path, "--submission", ROOT / "fixtures/submissions/pynet/weak-checker", "--task", "relu")
    report = json.loads(path.read_text())
    forward = next(task for task in report["tasks"] if task["id"] == "relu.forward")
    (aspect,) = forward["aspects"]

    assert set(report) >= KEYS
    assert set(forward) >= TASK_KEYS
    assert set(aspect) >= ASPECT_KEYS
    assert report["points"] == sum(task["points"] for task in report["tasks"]) == 3
    assert aspect["counterexample"]["expected"]["values"] == [0]
    assert aspect["counterexample"]["got"]["values"][0] < 0
    assert aspect["diagnosis"]


def test_same_command_same_report(tmp_path):
    """Two processes with different hash seeds write the same bytes, times aside."""
    reports = []
    for hashseed in ("1", "2"):
        path = tmp_path / f"{hashseed}.json"
        command = [
            sys.executable,
            "-m",
            "checker.cli",
            "check",
            "pynet",
            "--report-json",
            str(path),
            "--profile",
            "quick",
        ]
        command += ["--submission", str(ROOT / "fixtures/submissions/pynet/weak-checker")]
        command += [word for task in LAYERS for word in ("--task", task)]
        environment = {**os.environ, "PYTHONHASHSEED": hashseed}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        lines = path.read_text().splitlines()
        reports.append([line for line in lines if not line.strip().startswith('"seconds"')])

    assert reports[0] == reports[1]


def test_picture(tmp_path):
    """The SVG shows the report and loads nothing from elsewhere."""
    path = tmp_path / "report.svg"
    _check("--report-svg", path, "--task", "relu")
    svg = path.read_text()

    assert "relu.forward" in svg
    assert "url(http" not in svg
