"""No attack gets anywhere: a few under the strongest level always, all under every level with ``-m attack``."""

from __future__ import annotations

import re
import sys

import pytest

from checker.errors import RequestError
from checker.sandbox.isolation import Isolation, choose, choose_for_untrusted, names
from tests.attacks.attack import SUBMISSIONS, Attack, attacks
from tests.attacks.table import DOCUMENT, KINDS, document
from tests.attacks.verdict import judge

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="without a system call filter, attacks hit the tests")

# One for each wall: answers, files, processes, network, memory, disk, time, pipe, terminal.
SAMPLE = {
    "array-function",
    "fill-disk",
    "forge-outputs",
    "garbage-collector",
    "huge-numbers",
    "memory-bomb",
    "read-solution",
    "read-environment",
    "tcp",
    "terminal-escapes",
    "thread-that-writes-later",
}


@on_linux
@pytest.mark.parametrize("attack", [a for a in attacks() if a.name in SAMPLE], ids=lambda attack: attack.name)
def test_an_attack_of_the_sample_is_stopped(attack: Attack) -> None:
    try:
        isolation = choose_for_untrusted(None)
    except RequestError as error:
        pytest.skip(str(error))
    assert judge(attack, isolation).achieved == ()


@on_linux
@pytest.mark.attack
@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
@pytest.mark.parametrize("level", names())
def test_every_attack_is_stopped_by_every_level_that_says_so(attack: Attack, level: str) -> None:
    isolation = working(level)
    if level in attack.not_run:
        pytest.skip(f"it would end the tests under {level}")
    achieved = judge(attack, isolation).achieved
    assert achieved == () or level in attack.passes


def working(level: str) -> Isolation:
    """The level, if it works here."""
    try:
        return choose(level)
    except RequestError as error:
        pytest.skip(str(error))


def test_there_are_attacks_of_every_kind() -> None:
    every = attacks()
    assert {attack.row for attack in every} == KINDS.keys()
    assert len(every) >= 60 and {a.name for a in every} >= SAMPLE
    assert {attack.section for attack in every} == {"layers", "torch", "notebook"}


def test_no_attack_is_run_by_the_test_runner() -> None:
    for name in ("conftest.py", "test_*.py", "*_test.py", "sitecustomize.py", "pytest.ini"):
        assert not list(SUBMISSIONS.rglob(name))


def test_only_plain_lets_attacks_through_or_cannot_be_asked() -> None:
    for attack in attacks():
        assert attack.not_run <= {"plain"}
        assert attack.passes <= {"plain"} or attack.section == "notebook"
        assert "bubblewrap" not in attack.passes


def test_the_document_is_about_these_attacks() -> None:
    """Its results are from the last run of all; everything else in it has to be what the files say."""
    text = DOCUMENT.read_text()
    lines = dict(re.findall(r"^\| `([a-z-]+)` \| .*? \| ([^|]*(?: \| [^|]*)*) \|$", text, re.MULTILINE))
    assert lines.keys() == {attack.name for attack in attacks()}
    shown = re.search(r"^\| attack \| what it tries \| (.*) \|$", text, re.MULTILINE)
    assert shown is not None
    levels = shown[1].split(" | ")
    found = {
        name: dict(zip(levels, (cell.strip("*") for cell in cells.split(" | ")[-len(levels) :]), strict=True))
        for name, cells in lines.items()
    }
    conditions = text.split("\n| level |")[0].rstrip("\n").rsplit("\n", 1)[1]
    assert document(found, conditions) == text
    for attack in attacks():
        for level, result in found[attack.name].items():
            assert result == "stopped" or level in attack.passes | attack.not_run
