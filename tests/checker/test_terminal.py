"""The printed report: every word that matters, nothing that steers a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
from rich.console import Console

from checker.report.model import Report
from checker.report.terminal import printable, render
from tests.checker import toy


def _text(report: Report, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    render(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_lost_point_has_its_whole_block(tmp_path: Path) -> None:
    """What was seen, the smallest input, expected, got, the likely mistake and the command that reruns it."""
    text = _text(toy.grade(toy.RIGHT.replace("return x * scale", "return +x"), tmp_path))

    for word in (
        "seen",
        "smallest",
        "scale=2",
        "expected",
        "got",
        "likely",
        "the scale is left out",
        "rerun scale.forward",
    ):
        assert word in text


def test_points_and_conditions_stand_at_the_end(tmp_path: Path) -> None:
    """Points per section and in total, seed, profile and isolation."""
    text = _text(toy.grade(toy.RIGHT, tmp_path))

    assert "5 / 5" in text
    assert "seed 0, profile quick" in text
    assert "isolation plain" in text


def test_points_that_wait_for_a_person_are_told_apart(tmp_path: Path) -> None:
    """Those of manual tasks come on top; an aspect that the grader could not decide is among the points above."""
    report = toy.grade(toy.RIGHT, tmp_path)
    task, *others = report.tasks
    undecided = msgspec.structs.replace(task.aspects[0], points=0, status="manual", message="not readable")
    task = msgspec.structs.replace(task, aspects=(undecided, *task.aspects[1:]))
    text = _text(msgspec.structs.replace(report, tasks=(task, *others), manual_points=4))

    lines = [line.split() for line in text.splitlines() if line.startswith("waiting")]
    assert [line[-1] for line in lines] == ["4", f"{undecided.max_points:g}"]
    assert "among the points above" in text


def test_students_words_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Escapes, carriage returns and bidirectional marks are spelled out; markup is no markup."""
    evil = "raise ValueError('\\x1b[2J\\r\\u202e[bold red]total 5 / 5[/]')"
    text = _text(toy.grade(toy.RIGHT.replace("return x * scale", evil), tmp_path))

    assert "\x1b" not in text
    assert "\r" not in text
    assert "\u202e" not in text
    assert "[bold red]" in text
    assert printable("a\x1b\u202eb\u00e9 c") == "a\\x1b\\u202eb\u00e9 c"


def test_prints_are_marked_as_the_students(tmp_path: Path) -> None:
    """Each printed line stands behind a bar, under what failed."""
    code = toy.RIGHT.replace("return x * scale", "print('total 5 / 5'); return +x")
    lines = [line for line in _text(toy.grade(code, tmp_path)).splitlines() if "total 5 / 5" in line]

    assert lines
    assert all(line.strip().startswith("| ") for line in lines)


def test_narrow_terminals_keep_the_points(tmp_path: Path) -> None:
    """At 60 columns titles are cut, points are not."""
    assert "2 / 2" in _text(toy.grade(toy.RIGHT, tmp_path), width=60)
