"""Fingerprints change with what decides a grade, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.batch.fingerprint import of_assignment, of_run, versions
from tests.checker import toy

RUN = {"seed": 1, "profile": "quick", "isolation": "plain", "tasks": ["a", "b"]}


def test_the_same_run_has_the_same_fingerprint() -> None:
    """It is a number in hex."""
    assert of_run("made by", **RUN) == of_run("made by", **RUN)  # type: ignore[arg-type]
    assert int(of_run("made by", **RUN), 16)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other", [{"seed": 2}, {"profile": "default"}, {"isolation": "bubblewrap"}, {"tasks": ["a"]}, {"tasks": ["ab"]}]
)
def test_another_exam_has_another(other: dict[str, object]) -> None:
    """Whatever part of it is another."""
    assert of_run("made by", **RUN) != of_run("made by", **RUN | other)  # type: ignore[arg-type]


def test_another_assignment_or_release_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of libraries decide grades, too."""
    before = of_run("made by", **RUN)  # type: ignore[arg-type]
    assert before != of_run("made by others", **RUN)  # type: ignore[arg-type]

    monkeypatch.setattr("checker.batch.fingerprint.versions", lambda: versions() | {"torch": "0"})
    assert before != of_run("made by", **RUN)  # type: ignore[arg-type]


def test_files_of_the_assignment_count(tmp_path: Path) -> None:
    """Their names and contents; caches do not."""
    assignment = toy.assignment(tmp_path)
    before = of_assignment(assignment)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/driver.pyc").write_bytes(b"x")
    assert of_assignment(assignment) == before

    (tmp_path / "driver.py").write_text(toy.DRIVER + "\n")
    changed = of_assignment(assignment)
    assert changed != before
    (tmp_path / "more.py").touch()
    assert of_assignment(replace(assignment)) not in (before, changed)
