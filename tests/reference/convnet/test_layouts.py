"""However the files of part 1 are laid out, a task gets the same grade alone as with all others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.cli import main
from fixtures.mutants import SUBMISSIONS

LAYOUTS = ("own-attributes", "packages-without-init", "without-top-folder", "flat")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("task", ["convnet", "sgd"])
def test_a_task_alone_finds_the_files_that_it_imports(
    task: str, layout: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The network and the optimizer import modules that other tasks are about."""
    report = tmp_path / "report.json"
    folder = str(SUBMISSIONS / "convnet" / layout)
    arguments = ["check", "convnet", "--task", task, "--submission", folder, "--profile", "quick"]

    assert main([*arguments, "--fail-under", "100", "--report-json", str(report)]) == 0
    assert json.loads(report.read_text(encoding="utf-8"))["points"] == 5
    assert "5 / 5" in capsys.readouterr().out
