"""The doctor says what works, what does not and how to get more."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from checker import doctor
from checker.datasets.catalogue import CATALOGUE
from checker.sandbox import landlock
from checker.sandbox.bubblewrap import Bubblewrap
from checker.sandbox.restricted import Restricted


def call() -> int:
    """The exit status of the command, as the command line would run it."""
    parser = argparse.ArgumentParser()
    doctor.add_parser(parser.add_subparsers(required=True))
    options = parser.parse_args(["doctor"])
    return int(options.run(options))


def trouble(monkeypatch: pytest.MonkeyPatch, bubblewrap: str, restricted: str) -> None:
    """Let these levels have trouble."""
    monkeypatch.setattr(Bubblewrap, "trouble", lambda self: bubblewrap)
    monkeypatch.setattr(Restricted, "trouble", lambda self: restricted)


def test_the_strongest_level_that_works_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble(monkeypatch, "", "only root can")
    assert call() == 0
    said = capsys.readouterr().out
    assert "runs submissions under bubblewrap" in said and "only root can" in said


def test_without_a_strong_level_grading_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble(monkeypatch, "the program bwrap is missing, install it", "only root can")
    assert call() == 1
    said = capsys.readouterr().out
    assert "refuses to run submissions here" in said and "the program bwrap is missing, install it" in said


def test_restricted_without_landlock_says_what_stays_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble(monkeypatch, "no bwrap", "")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert call() == 0
    said = capsys.readouterr().out
    assert "files that all users can read stay readable" in said and "runs submissions under restricted" in said


def test_data_sets_that_are_not_prepared_come_with_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble(monkeypatch, "", "")
    monkeypatch.setenv("CHECKER_DATA", str(tmp_path / "empty"))
    assert call() == 0
    said = capsys.readouterr().out
    for name in CATALOGUE:
        assert f"checker data {name}" in said


def test_versions_that_decide_a_grade_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble(monkeypatch, "", "")
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "no-such-package"))
    call()
    said = capsys.readouterr().out
    assert "numpy" in said and "not installed" in said
