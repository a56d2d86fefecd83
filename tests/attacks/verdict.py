"""Verdict: an attack is graded beside an honest submission, and what it achieved is told."""

from __future__ import annotations

import functools
import io
import tempfile
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console

from checker.report import terminal
from checker.report.model import Report, encode
from checker.sandbox.isolation import Isolation
from tests.attacks.attack import Attack
from tests.attacks.homework import Homework, homework
from tests.attacks.machine import SOLVED, Machine

# All time-outs of one attack, and starting its processes on a busy machine: far from "without end".
LONGEST = 240.0


@dataclass(frozen=True)
class Verdict:
    """What an attack got out of it: ``achieved`` is empty when it was stopped."""

    attack: Attack
    report: Report
    achieved: tuple[str, ...]


def judge(attack: Attack, isolation: Isolation) -> Verdict:
    """Grade an attack at the same time as an honest submission, which was graded alone before."""
    honest = homework("honest")
    alone = _honest_report(isolation)
    attacked = homework(attack.section)
    with tempfile.TemporaryDirectory(prefix="handed-in-") as handed_in, Machine() as machine:
        attack.write(Path(handed_in), machine.places)
        with machine.watched() as achieved, ThreadPoolExecutor(1) as pool:
            beside = pool.submit(_without_time, honest, isolation)
            report = attacked.grade(Path(handed_in), isolation)
            other = beside.result()
        if other != alone:
            achieved.append("changed another's grade")
        achieved += _seen_in(report, machine.secret)
        if report.points > attack.honest:
            achieved.append(f"got {report.points:g} points")
        if not report.graded:
            achieved.append("made the grader fail")
        if report.seconds > LONGEST:
            achieved.append("took too long")
    return Verdict(attack, report, tuple(achieved))


def _seen_in(report: Report, secret: str) -> list[str]:
    """What the report tells of secrets, of success, and what it would do to a terminal."""
    found = []
    text = encode(report).decode()
    if secret in text:
        found.append("read secrets")
    if "BREACH: " in text:
        found.append("did what it may not")
    shown = io.StringIO()
    terminal.render(report, Console(file=shown, width=100))
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign != "\n" for sign in shown.getvalue()):
        found.append("reached the terminal")
    return found


def _without_time(honest: Homework, isolation: Isolation) -> bytes:
    return encode(msgspec.structs.replace(honest.grade(SOLVED.parent, isolation), seconds=0.0))


@functools.cache
def _honest_report(isolation: Isolation) -> bytes:
    return _without_time(homework("honest"), isolation)
