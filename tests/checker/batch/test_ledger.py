"""Rules, dropped tasks and extra credit are counted once each, at the price that the course sets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.batch import policy
from checker.batch.course import Drop, NoPrint, Policy, Terms
from checker.batch.quantities import Amount
from checker.errors import RequestError
from checker.report.model import RuleOutcome
from tests.checker.batch.graded import (
    ASSIGNMENT,
    MANUAL,
    SOLVED,
    broken,
    grade_of,
    kept,
    manual_task,
    report_of,
    task,
)


def test_best_of_optional_tasks():
    """The one that loses most points is out of points and maximum; of equal ones, the last; a name covers its parts."""
    grade = grade_of(Terms(drop=(Drop(1, ("a", "b")),)))
    equal = grade_of(Terms(drop=(Drop(1, ("a", "b")),)), report_of(task("a", 1, 2), task("b", 1, 2)))

    assert (grade.points, grade.max_points) == (14, 10)
    assert grade.adjustments[0].reason == "best 1 of a, b: b (8 / 10) does not count"
    assert "b (1 / 2)" in equal.adjustments[0].reason


def test_a_dropped_manual_task_waits_for_nobody_in_the_maximum():
    """Manual tasks can be dropped like others."""
    grade = grade_of(Terms(drop=(Drop(1, ("b", "essay")),)), report_of(task("b", 8, 10), manual_task()))

    assert (grade.points, grade.max_points) == (8, 10)


HALF = RuleOutcome("half", ("a.forward", "a.backward", "b"), ("b",), prints=True)


@pytest.mark.parametrize(
    ("price", "points"), [("all", 5), ("half", 18), ("note", 22), (2.0, 20), (100.0, 5), (4.0, 18)]
)
def test_a_course_has_its_own_price_for_a_rule(price, points):
    """Worked out of the report alone, and never more than the section earned."""
    report = report_of(*SOLVED.tasks, broken("silent", -4.0, HALF))
    grade = grade_of(Terms(rules={"silent": price}), report)

    assert grade.automatic == 18
    assert grade.points == points
    assert all("rule silent: the course's price is" in change.reason for change in grade.adjustments)


def test_a_rule_that_was_kept_costs_nothing_at_any_price():
    """A price is for a breach."""
    report = report_of(*SOLVED.tasks, broken("silent", 0.0, kept(HALF)))

    assert grade_of(Terms(rules={"silent": "all"}), report).points == 22


def test_a_rule_is_priced_again_without_dropped_tasks():
    """What a dropped task lost by a rule comes back with it."""
    report = report_of(*SOLVED.tasks, broken("silent", -4.0, HALF))
    grade = grade_of(Terms(drop=(Drop(1, ("a", "b")),)), report)

    assert (grade.points, grade.max_points) == (14, 10)
    assert [change.points for change in grade.adjustments] == [-8, 4]


def test_the_no_print_rule_takes_the_place_of_the_rubrics():
    """One price for printing, once, in the tasks of the rubric's own rule."""
    tasks = (task("a", 6, 6, printed="loss 1\n"), task("b", 8, 10), task("c", 5, 5, printed="hi"))
    rubric = broken("silent", -3.0, RuleOutcome("half", ("a", "b"), ("a",), prints=True))

    assert grade_of(Terms(no_print=NoPrint(2.0)), report_of(*tasks, rubric)).points == 17
    assert grade_of(Terms(no_print=NoPrint("all")), report_of(*tasks, rubric)).points == 5
    noted = grade_of(Terms(no_print=NoPrint("note", ("a", "c"))), report_of(*tasks, rubric))
    assert noted.points == 19
    assert noted.adjustments[-1].reason == "a, c print what nobody asked for: a note"


def test_the_no_print_rule_needs_no_rule_of_the_rubric():
    """All tasks then, and the price is never more than what they earned."""
    report = report_of(task("a", 6, 6, printed="x"), task("b", 1, 10))

    assert grade_of(Terms(no_print=NoPrint("half")), report).points == 4
    assert grade_of(Terms(no_print=NoPrint(50.0)), report).points == 0
    assert grade_of(Terms(no_print=NoPrint("all")), report_of(task("a", 6, 6))).points == 6


@pytest.mark.parametrize(("cap", "points"), [(Amount(2), 19), (Amount(10, True), 19), (Amount(0), 17), (Amount(9), 22)])
def test_extra_credit_has_a_cap(cap, points):
    """In points, or as a share of the maximum."""
    assert grade_of(Terms(extra_credit_cap=cap)).points == points


def test_a_task_may_be_dropped_once():
    """Two groups that share one would take it out twice."""
    section = replace(ASSIGNMENT.sections[0], manual=(MANUAL, replace(MANUAL, id="x"), replace(MANUAL, id="y")))
    terms = Terms(drop=(Drop(1, ("essay", "x")), Drop(1, ("essay", "y"))))

    with pytest.raises(RequestError, match="essay is there twice"):
        policy.validate(Policy(assignments={"hw": terms}), replace(ASSIGNMENT, sections=(section,)))
