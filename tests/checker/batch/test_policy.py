"""A grade follows from report, scores and policy alone, and says why it is what it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.batch import policy
from checker.batch.course import NONE, Drop, Late, NoPrint, Policy, Rounding, Terms
from checker.batch.deadlines import Extension
from checker.batch.manual_scores import OVERALL, ManualScore
from checker.batch.model import Submission
from checker.batch.quantities import Amount
from checker.errors import RequestError
from checker.report.model import AspectOutcome, TaskOutcome
from tests.checker.batch.graded import (
    ASSIGNMENT,
    DAY,
    DUE,
    SOLVED,
    grade_of,
    manual_task,
    report_of,
    submission_at,
    task,
)


def test_without_a_policy_a_grade_is_what_was_earned():
    """Extra credit counts on top of the maximum."""
    grade = policy.grade(NONE, submission_at(), SOLVED, {}, ASSIGNMENT)

    assert (grade.points, grade.max_points, grade.status) == (22, 20, "graded")
    assert (grade.adjustments, grade.problems, grade.waiting) == ((), (), ())
    assert (grade.submitted, grade.seconds) == ("2026-11-02T12:00:00Z", 1.5)


@pytest.mark.parametrize(
    ("late", "after", "points", "words"),
    [
        (Late(Amount(10, True)), timedelta(), 22, None),
        (Late(Amount(10, True)), DAY, 19.8, "1 day begun at 10% of the points earned each"),
        (Late(Amount(10, True)), 2 * DAY - timedelta(hours=1), 17.6, "2 days begun"),
        (Late(Amount(10, True), of="maximum"), DAY, 20, "10% of the maximum"),
        (Late(Amount(3)), 2 * DAY, 16, "3 points each"),
        (Late(Amount(10, True), grace=DAY), DAY, 22, None),
        (Late(Amount(10, True), cap=Amount(50, True)), 9 * DAY, 11, "at most 50%"),
        (Late(Amount(3), cap=Amount(4)), 9 * DAY, 18, "at most 4 points"),
        (Late(Amount(3)), 90 * DAY, 0, "90 days begun"),
        (Late(Amount(1), part=timedelta(hours=1)), timedelta(hours=3), 19, "3 hours begun"),
        (Late(Amount(0), closed_after=2 * DAY), 2 * DAY, 22, None),
        (Late(Amount(0), closed_after=2 * DAY), 2 * DAY + timedelta(seconds=1), 0, "closed since 2026-11-04 12:00"),
    ],
)
def test_late_penalties(late, after, points, words):
    """Per begun day after the grace period, never more than the cap or what is there."""
    grade = grade_of(Terms(due=DUE, late=late), submission=submission_at(DUE + after))

    assert grade.points == pytest.approx(points)
    assert [words in change.reason for change in grade.adjustments] == ([True] if words else [])


def test_an_extension_moves_the_due_time():
    """The reason names the time that counts."""
    terms = Terms(due=DUE, late=Late(Amount(1)))
    extended = grade_of(terms, submission=submission_at(DUE + 2 * DAY), extensions=(Extension("1", extra=2 * DAY),))
    later = grade_of(terms, submission=submission_at(DUE + 3 * DAY), extensions=(Extension("1", extra=2 * DAY),))

    assert extended.points == 22
    assert later.points == 21
    assert "due 2026-11-04 12:00 UTC (extended)" in later.adjustments[0].reason


@pytest.mark.parametrize(("late", "words"), [(None, "not known, so"), (True, "the platform calls it late")])
def test_an_unknown_time_costs_nothing_but_is_told(late, words):
    """A person decides, not the clock of the machine."""
    grade = grade_of(Terms(due=DUE, late=Late(Amount(1))), submission=submission_at(None, late=late))

    assert grade.points == 22
    assert words in grade.problems[0]


def test_a_submission_that_does_not_run_gets_nothing_where_the_course_says_so():
    """Not even points by hand; one task that ran is enough, and a failure of the grader does not count as one."""
    terms = Terms(not_runnable="zero")
    essay = {"essay": ManualScore(9.0)}
    broken = report_of(task("a", 0, 6, ran=False), task("b", 0, 10, ran=False), manual_task())
    grade = grade_of(terms, broken, manual=essay)

    assert grade.points == 0
    assert "nothing of the submission can be run" in grade.adjustments[0].reason
    assert grade_of(terms, report_of(broken.tasks[0], task("b", 0, 10), manual_task()), manual=essay).points == 9
    assert grade_of(Terms(), broken, manual=essay).points == 9
    assert grade_of(terms, report_of(manual_task()), manual=essay).points == 9
    assert "nothing of the submission" in grade_of(terms, broken).adjustments[0].reason


def test_manual_scores_count_and_missing_ones_wait():
    """Points, comments, and what is still to be done."""
    report = report_of(task("a", 6, 6), manual_task())
    waiting = grade_of(Terms(), report, manual={"essay": ManualScore(None, "unreadable")})
    scored = grade_of(Terms(), report, manual={"essay": ManualScore(7.5, "good"), OVERALL: ManualScore(-1.0, "copied")})

    assert (waiting.points, waiting.max_points, waiting.waiting) == (6, 16, ("essay",))
    assert waiting.comment == "Essay: unreadable"
    assert (scored.points, scored.manual, scored.waiting) == (12.5, 7.5, ())
    assert scored.adjustments[0].reason == "by hand: copied"


def test_a_score_above_the_maximum_needs_a_reason():
    """Without one it waits, and the teaching assistant is told."""
    report = report_of(manual_task())
    silent = grade_of(Terms(), report, manual={"essay": ManualScore(11.0)})
    explained = grade_of(Terms(), report, manual={"essay": ManualScore(11.0, "brilliant")})

    assert (silent.points, silent.waiting) == (0, ("essay",))
    assert "above its 10 points" in silent.problems[0]
    assert (explained.points, explained.problems) == (11, ())


def test_a_score_for_what_nobody_scores_is_told():
    """A misspelt task is not lost."""
    grade = grade_of(Terms(), manual={"esay": ManualScore(3.0)})

    assert grade.points == 22
    assert "'esay'" in grade.problems[0]


def test_an_aspect_that_waits_is_in_the_maximum_already():
    """The report counts its task, so its score adds points alone."""
    waiting = AspectOutcome("plot", 0, 4, "manual", "scored by a person")
    passed = AspectOutcome("y", 6, 6, "passed", "")
    report = report_of(TaskOutcome("a", "A", "main", 6, 10, "partial", "", (passed, waiting), ""))
    grade = grade_of(Terms(), report, manual={"a:plot": ManualScore(3.0)})

    assert (grade.points, grade.max_points, grade.waiting) == (9, 10, ())
    assert grade_of(Terms(), report).waiting == ("a:plot",)


@pytest.mark.parametrize(
    ("how", "to", "points"), [("nearest", 0.5, 2.5), ("up", 0.5, 2.5), ("down", 0.5, 2.0), ("nearest", 1.0, 2.0)]
)
def test_rounding(how, to, points):
    """The last step, said as a change."""
    grade = grade_of(Terms(rounding=Rounding(to, how)), report_of(task("a", 2.3, 6)))

    assert grade.points == points
    assert f"multiple of {to:g}" in grade.adjustments[-1].reason


def test_a_half_is_rounded_up_and_noise_is_not():
    """2.5 is 3, as people expect; 0.1 + 0.2 is 0.3."""
    assert grade_of(Terms(rounding=Rounding(1.0)), report_of(task("a", 2.5, 6))).points == 3
    sums = report_of(task("a", 0.1, 1), task("b", 0.2, 1))
    assert grade_of(Terms(rounding=Rounding(0.1, "up")), sums).points == 0.3


def test_points_by_hand_never_lead_below_nothing():
    """And the grade says so."""
    grade = grade_of(Terms(), manual={OVERALL: ManualScore(-90.0, "plagiarism")})

    assert grade.points == 0
    assert [change.reason for change in grade.adjustments] == ["by hand: plagiarism", "a grade is never below 0"]


def test_without_a_report_nothing_was_earned():
    """What could not be opened is refused, what is not there is missing; both have the assignment's maximum."""
    refused = grade_of(Terms(due=DUE, late=Late(Amount(1))), None, submission_at(problems=("broken archive",)))
    missing = grade_of(Terms(), None, Submission("k", ()))

    assert (refused.status, refused.points, refused.max_points) == ("refused", 0, 10)
    assert refused.problems == ("broken archive",)
    assert refused.waiting == ("essay",)
    assert (missing.status, missing.waiting) == ("missing", ())


def test_a_failure_of_the_grader_is_no_grade():
    """The number means nothing yet."""
    failed = TaskOutcome("a", "A", "main", 0, 6, "not graded", "", (), "")

    assert grade_of(Terms(), report_of(failed)).status == "not graded"


def test_a_policy_that_names_what_is_not_there_is_refused():
    """With what was meant."""
    for terms, words in (
        (Terms(rules={"silnet": "note"}), "did you mean 'silent'"),
        (Terms(drop=(Drop(1, ("esay", "essay")),)), "did you mean 'essay'"),
        (Terms(no_print=NoPrint("note", ("esay",))), "did you mean 'essay'"),
        (Terms(no_print=NoPrint("note"), rules={"silent": "all"}), "both price printing"),
        (Terms(drop=(Drop(1, ("essay", "x")), Drop(1, ("essay", "y")))), "there is no task 'x'"),
    ):
        with pytest.raises(RequestError, match=words):
            policy.validate(Policy(assignments={"hw": terms}), ASSIGNMENT)
    with pytest.raises(RequestError, match="there is no assignment 'hv'; did you mean 'hw'"):
        policy.validate(Policy(assignments={"hv": Terms()}), ASSIGNMENT)


def test_what_a_policy_leaves_open_is_said():
    """A penalty without a due time, and an extension for nobody."""
    course = Policy(assignments={"hw": Terms(late=Late(Amount(1)))}, extensions=(Extension("anne", extra=DAY),))

    assert policy.validate(course, ASSIGNMENT, [submission_at()]) == (
        "the policy has a late penalty but no `assignments.hw.due`, so nothing is late",
        "nobody here is 'anne', who has an extension",
    )
    assert policy.validate(NONE, ASSIGNMENT, [submission_at()]) == ()
