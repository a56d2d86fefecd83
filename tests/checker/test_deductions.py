"""Rules cost what the rubric says, and never more than was earned."""

from pathlib import Path

import pytest

from checker.assignment import Finding, HandedIn, ManualTask, Rule, Section
from checker.deductions import judge
from checker.report.model import RuleOutcome, TaskOutcome

EARNED = {"a.forward": 4.0, "a.backward": 2.0, "b.forward": 3.0}


def _outcomes() -> list[TaskOutcome]:
    return [TaskOutcome(name, name, "s", points, points, "passed", "", (), "") for name, points in EARNED.items()]


def _judge(folder: Path, *rules: Rule, manual: tuple[ManualTask, ...] = ()) -> list[TaskOutcome]:
    section = Section("s", "S", (), (), rules=rules, manual=manual)
    return judge(section, (), _outcomes(), HandedIn(folder, folder, (), {}, (), {}))


def _rule(deduct, *findings: Finding, tasks: tuple[str, ...] = ()) -> Rule:
    return Rule("rule", "A rule", lambda handed_in: list(findings), deduct, tasks)


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        (_rule("all"), 0),
        (_rule("all", Finding("breach")), -9),
        (_rule("all", Finding("breach"), tasks=("a",)), -6),
        (_rule("half", Finding("breach", task="a.forward")), -2),
        (_rule("half", Finding("breach")), -4.5),
        (_rule("half", Finding("breach", task="b.forward"), tasks=("a",)), 0),
        (_rule(2.5, Finding("breach"), Finding("again")), -2.5),
        (_rule(100.0, Finding("breach")), -9),
        (_rule("note", Finding("breach")), 0),
    ],
)
def test_prices(tmp_path, rule, points):
    """Each kind of deduction takes its share of the right tasks."""
    (outcome,) = _judge(tmp_path, rule)

    assert outcome.points == points
    assert outcome.status == ("forbidden" if points else "passed")


def test_a_rule_about_tasks_that_are_not_graded_says_nothing(tmp_path):
    """A run of chosen tasks is told of the rules that concern them."""
    assert _judge(tmp_path, _rule("all", Finding("breach"), tasks=("c",))) == []


def test_two_rules_never_take_more_than_was_earned(tmp_path):
    """The second rule finds nothing left to take."""
    outcomes = _judge(tmp_path, _rule("all", Finding("x")), _rule("all", Finding("y")))

    assert [outcome.points for outcome in outcomes] == [-9, 0]


def test_findings_are_told_with_their_place(tmp_path):
    """What and where, at most a handful."""
    findings = [Finding("a loop", f"f.py:{line}") for line in range(9)]
    (outcome,) = _judge(tmp_path, _rule("note", *findings))

    assert outcome.message.startswith("a loop (f.py:0); a loop (f.py:1)")
    assert outcome.message.endswith("and 4 more")


def test_manual_tasks_wait_for_a_person(tmp_path):
    """A manual task says what is there, and counts the words of a text."""
    (tmp_path / "review.txt").write_text("one two three")
    manual = (ManualTask("review", "Review", 5, ("review.*",), (350, 0)), ManualTask("proof", "Proof", 3, ("*.pdf",)))
    review, proof = _judge(tmp_path, manual=manual)

    assert (review.status, review.points, review.max_points) == ("manual", 0, 5)
    assert "review.txt (3 words, at least 350 are asked for)" in review.message
    assert "nothing is there that matches *.pdf" in proof.message


def test_what_a_price_follows_from_is_kept(tmp_path):
    """Another price can be worked out later: the tasks that are covered, and those that breaches name."""
    findings = (Finding("x", task="a.forward"), Finding("y", task="a.forward"))
    broken, kept = _judge(tmp_path, _rule("note", *findings, tasks=("a",)), _rule(2.0))

    assert broken.rule == RuleOutcome("note", ("a.forward", "a.backward"), ("a.forward",))
    assert kept.rule == RuleOutcome(2.0, tuple(EARNED))
