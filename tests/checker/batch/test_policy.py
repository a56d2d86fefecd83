"""A grade follows from report, scores and policy alone, and says why it is what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.assignment import Assignment, ManualTask, Rule, Section
from checker.batch import policy
from checker.batch.course import NONE, Drop, Late, NoPrint, Policy, Rounding, Terms
from checker.batch.deadlines import Extension
from checker.batch.manual_scores import OVERALL, ManualScore
from checker.batch.model import Grade, Part, Student, Submission
from checker.batch.quantities import Amount
from checker.errors import RequestError
from checker.report.model import AspectOutcome, Report, RuleOutcome, SectionTotal, TaskOutcome
from checker.rules import no_prints, provided_unchanged

DUE = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MANUAL = ManualTask("essay", "Essay", 10.0)
RULES = (Rule("silent", "Silent", no_prints, "half"), Rule("provided", "Provided", provided_unchanged, "note"))
ASSIGNMENT = Assignment(
    "hw",
    "Homework",
    (Section("main", "Main", (), (), rules=RULES, manual=(MANUAL,)), Section("bonus", "Bonus", (), ())),
)


def _task(name: str, points: float, most: float, section: str = "main", **more: Any) -> TaskOutcome:
    aspect = AspectOutcome("y", points, most, "passed", "")
    return TaskOutcome(name, name, section, points, most, "passed", "", (aspect,), "", **more)


def _rule(name: str, points: float, rule: RuleOutcome) -> TaskOutcome:
    return TaskOutcome(name, name, "main", points, 0.0, "forbidden", "", (), "", rule=rule)


def _kept(rule: RuleOutcome) -> RuleOutcome:
    return RuleOutcome(rule.deduct, rule.tasks, (), rule.prints)


def _manual() -> TaskOutcome:
    return TaskOutcome("essay", "Essay", "main", 0.0, 10.0, "manual", "found essay.pdf", (), "")


def _report(*tasks: TaskOutcome) -> Report:
    totals = []
    for name in ("main", "bonus"):
        own = [task for task in tasks if task.section == name and task.status != "manual"]
        points, most = sum(task.points for task in own), sum(task.max_points for task in own)
        totals.append(SectionTotal(name, name, points, most, extra_credit=name == "bonus"))
    return Report(
        assignment="hw",
        title="Homework",
        points=sum(total.points for total in totals),
        max_points=totals[0].max_points,
        seed=0,
        profile="quick",
        isolation="plain",
        sections=tuple(totals),
        tasks=tasks,
        versions={},
        seconds=1.5,
    )


SOLVED = _report(_task("a.forward", 6, 6), _task("a.backward", 3, 4), _task("b", 8, 10), _task("extra", 5, 5, "bonus"))


def _submission(submitted: datetime | None = DUE, **more: Any) -> Submission:
    return Submission("k", (Part(Path("x")),), (Student("Anna", "1"),), submitted, **more)


def _grade(
    terms: Terms,
    report: Report | None = SOLVED,
    submission: Submission | None = None,
    manual: dict[str, ManualScore] | None = None,
    extensions: tuple[Extension, ...] = (),
) -> Grade:
    course = Policy(assignments={"hw": terms}, extensions=extensions)
    grade = policy.grade(course, submission or _submission(), report, manual or {}, ASSIGNMENT)
    changed = grade.automatic + grade.manual + sum(change.points for change in grade.adjustments)
    assert grade.points == pytest.approx(changed)
    assert grade.points >= 0
    return grade


def test_without_a_policy_a_grade_is_what_was_earned():
    """Extra credit counts on top of the maximum."""
    grade = policy.grade(NONE, _submission(), SOLVED, {}, ASSIGNMENT)

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
    grade = _grade(Terms(due=DUE, late=late), submission=_submission(DUE + after))

    assert grade.points == pytest.approx(points)
    assert [words in change.reason for change in grade.adjustments] == ([True] if words else [])


def test_an_extension_moves_the_due_time():
    """The reason names the time that counts."""
    terms = Terms(due=DUE, late=Late(Amount(1)))
    extended = _grade(terms, submission=_submission(DUE + 2 * DAY), extensions=(Extension("1", extra=2 * DAY),))
    later = _grade(terms, submission=_submission(DUE + 3 * DAY), extensions=(Extension("1", extra=2 * DAY),))

    assert extended.points == 22
    assert later.points == 21
    assert "due 2026-11-04 12:00 UTC (extended)" in later.adjustments[0].reason


@pytest.mark.parametrize(("late", "words"), [(None, "not known, so"), (True, "the platform calls it late")])
def test_an_unknown_time_costs_nothing_but_is_told(late, words):
    """A person decides, not the clock of the machine."""
    grade = _grade(Terms(due=DUE, late=Late(Amount(1))), submission=_submission(None, late=late))

    assert grade.points == 22
    assert words in grade.problems[0]


def test_best_of_optional_tasks():
    """The one that loses most points is out of points and maximum; of equal ones, the last; a name covers its parts."""
    grade = _grade(Terms(drop=(Drop(1, ("a", "b")),)))
    equal = _grade(Terms(drop=(Drop(1, ("a", "b")),)), _report(_task("a", 1, 2), _task("b", 1, 2)))

    assert (grade.points, grade.max_points) == (14, 10)
    assert grade.adjustments[0].reason == "best 1 of a, b: b (8 / 10) does not count"
    assert "b (1 / 2)" in equal.adjustments[0].reason


def test_a_dropped_manual_task_waits_for_nobody_in_the_maximum():
    """Manual tasks can be dropped like others."""
    grade = _grade(Terms(drop=(Drop(1, ("b", "essay")),)), _report(_task("b", 8, 10), _manual()))

    assert (grade.points, grade.max_points) == (8, 10)


HALF = RuleOutcome("half", ("a.forward", "a.backward", "b"), ("b",), prints=True)


@pytest.mark.parametrize(
    ("price", "points"), [("all", 5), ("half", 18), ("note", 22), (2.0, 20), (100.0, 5), (4.0, 18)]
)
def test_a_course_has_its_own_price_for_a_rule(price, points):
    """Worked out of the report alone, and never more than the section earned."""
    report = _report(*SOLVED.tasks, _rule("silent", -4.0, HALF))
    grade = _grade(Terms(rules={"silent": price}), report)

    assert grade.automatic == 18
    assert grade.points == points
    assert all("rule silent: the course's price is" in change.reason for change in grade.adjustments)


def test_a_rule_that_was_kept_costs_nothing_at_any_price():
    """A price is for a breach."""
    report = _report(*SOLVED.tasks, _rule("silent", 0.0, _kept(HALF)))

    assert _grade(Terms(rules={"silent": "all"}), report).points == 22


def test_a_rule_is_priced_again_without_dropped_tasks():
    """What a dropped task lost by a rule comes back with it."""
    report = _report(*SOLVED.tasks, _rule("silent", -4.0, HALF))
    grade = _grade(Terms(drop=(Drop(1, ("a", "b")),)), report)

    assert (grade.points, grade.max_points) == (14, 10)
    assert [change.points for change in grade.adjustments] == [-8, 4]


def test_the_no_print_rule_takes_the_place_of_the_rubrics():
    """One price for printing, once, in the tasks of the rubric's own rule."""
    tasks = (_task("a", 6, 6, printed="loss 1\n"), _task("b", 8, 10), _task("c", 5, 5, printed="hi"))
    rubric = _rule("silent", -3.0, RuleOutcome("half", ("a", "b"), ("a",), prints=True))

    assert _grade(Terms(no_print=NoPrint(2.0)), _report(*tasks, rubric)).points == 17
    assert _grade(Terms(no_print=NoPrint("all")), _report(*tasks, rubric)).points == 5
    noted = _grade(Terms(no_print=NoPrint("note", ("a", "c"))), _report(*tasks, rubric))
    assert noted.points == 19
    assert noted.adjustments[-1].reason == "a, c print what nobody asked for: a note"


def test_the_no_print_rule_needs_no_rule_of_the_rubric():
    """All tasks then, and the price is never more than what they earned."""
    report = _report(_task("a", 6, 6, printed="x"), _task("b", 1, 10))

    assert _grade(Terms(no_print=NoPrint("half")), report).points == 4
    assert _grade(Terms(no_print=NoPrint(50.0)), report).points == 0
    assert _grade(Terms(no_print=NoPrint("all")), _report(_task("a", 6, 6))).points == 6


@pytest.mark.parametrize(("cap", "points"), [(Amount(2), 19), (Amount(10, True), 19), (Amount(0), 17), (Amount(9), 22)])
def test_extra_credit_has_a_cap(cap, points):
    """In points, or as a share of the maximum."""
    assert _grade(Terms(extra_credit_cap=cap)).points == points


def test_a_submission_that_does_not_run_gets_nothing_where_the_course_says_so():
    """Not even points by hand; one task that ran is enough, and a failure of the grader does not count as one."""
    terms = Terms(not_runnable="zero")
    essay = {"essay": ManualScore(9.0)}
    broken = _report(_task("a", 0, 6, ran=False), _task("b", 0, 10, ran=False), _manual())
    grade = _grade(terms, broken, manual=essay)

    assert grade.points == 0
    assert "nothing of the submission can be run" in grade.adjustments[0].reason
    assert _grade(terms, _report(broken.tasks[0], _task("b", 0, 10), _manual()), manual=essay).points == 9
    assert _grade(Terms(), broken, manual=essay).points == 9
    assert _grade(terms, _report(_manual()), manual=essay).points == 9
    assert "nothing of the submission" in _grade(terms, broken).adjustments[0].reason


def test_manual_scores_count_and_missing_ones_wait():
    """Points, comments, and what is still to be done."""
    report = _report(_task("a", 6, 6), _manual())
    waiting = _grade(Terms(), report, manual={"essay": ManualScore(None, "unreadable")})
    scored = _grade(Terms(), report, manual={"essay": ManualScore(7.5, "good"), OVERALL: ManualScore(-1.0, "copied")})

    assert (waiting.points, waiting.max_points, waiting.waiting) == (6, 16, ("essay",))
    assert waiting.comment == "Essay: unreadable"
    assert (scored.points, scored.manual, scored.waiting) == (12.5, 7.5, ())
    assert scored.adjustments[0].reason == "by hand: copied"


def test_a_score_above_the_maximum_needs_a_reason():
    """Without one it waits, and the teaching assistant is told."""
    report = _report(_manual())
    silent = _grade(Terms(), report, manual={"essay": ManualScore(11.0)})
    explained = _grade(Terms(), report, manual={"essay": ManualScore(11.0, "brilliant")})

    assert (silent.points, silent.waiting) == (0, ("essay",))
    assert "above its 10 points" in silent.problems[0]
    assert (explained.points, explained.problems) == (11, ())


def test_a_score_for_what_nobody_scores_is_told():
    """A misspelt task is not lost."""
    grade = _grade(Terms(), manual={"esay": ManualScore(3.0)})

    assert grade.points == 22
    assert "'esay'" in grade.problems[0]


def test_an_aspect_that_waits_is_in_the_maximum_already():
    """The report counts its task, so its score adds points alone."""
    waiting = AspectOutcome("plot", 0, 4, "manual", "scored by a person")
    passed = AspectOutcome("y", 6, 6, "passed", "")
    report = _report(TaskOutcome("a", "A", "main", 6, 10, "partial", "", (passed, waiting), ""))
    grade = _grade(Terms(), report, manual={"a:plot": ManualScore(3.0)})

    assert (grade.points, grade.max_points, grade.waiting) == (9, 10, ())
    assert _grade(Terms(), report).waiting == ("a:plot",)


@pytest.mark.parametrize(
    ("how", "to", "points"), [("nearest", 0.5, 2.5), ("up", 0.5, 2.5), ("down", 0.5, 2.0), ("nearest", 1.0, 2.0)]
)
def test_rounding(how, to, points):
    """The last step, said as a change."""
    grade = _grade(Terms(rounding=Rounding(to, how)), _report(_task("a", 2.3, 6)))

    assert grade.points == points
    assert f"multiple of {to:g}" in grade.adjustments[-1].reason


def test_a_half_is_rounded_up_and_noise_is_not():
    """2.5 is 3, as people expect; 0.1 + 0.2 is 0.3."""
    assert _grade(Terms(rounding=Rounding(1.0)), _report(_task("a", 2.5, 6))).points == 3
    sums = _report(_task("a", 0.1, 1), _task("b", 0.2, 1))
    assert _grade(Terms(rounding=Rounding(0.1, "up")), sums).points == 0.3


def test_points_by_hand_never_lead_below_nothing():
    """And the grade says so."""
    grade = _grade(Terms(), manual={OVERALL: ManualScore(-90.0, "plagiarism")})

    assert grade.points == 0
    assert [change.reason for change in grade.adjustments] == ["by hand: plagiarism", "a grade is never below 0"]


def test_without_a_report_nothing_was_earned():
    """What could not be opened is refused, what is not there is missing; both have the assignment's maximum."""
    refused = _grade(Terms(due=DUE, late=Late(Amount(1))), None, _submission(problems=("broken archive",)))
    missing = _grade(Terms(), None, Submission("k", ()))

    assert (refused.status, refused.points, refused.max_points) == ("refused", 0, 10)
    assert refused.problems == ("broken archive",)
    assert refused.waiting == ("essay",)
    assert (missing.status, missing.waiting) == ("missing", ())


def test_a_failure_of_the_grader_is_no_grade():
    """The number means nothing yet."""
    failed = TaskOutcome("a", "A", "main", 0, 6, "not graded", "", (), "")

    assert _grade(Terms(), _report(failed)).status == "not graded"


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

    assert policy.validate(course, ASSIGNMENT, [_submission()]) == (
        "the policy has a late penalty but no `assignments.hw.due`, so nothing is late",
        "nobody here is 'anne', who has an extension",
    )
    assert policy.validate(NONE, ASSIGNMENT, [_submission()]) == ()


def test_a_task_may_be_dropped_once():
    """Two groups that share one would take it out twice."""
    section = replace(ASSIGNMENT.sections[0], manual=(MANUAL, replace(MANUAL, id="x"), replace(MANUAL, id="y")))
    terms = Terms(drop=(Drop(1, ("essay", "x")), Drop(1, ("essay", "y"))))

    with pytest.raises(RequestError, match="essay is there twice"):
        policy.validate(Policy(assignments={"hw": terms}), replace(ASSIGNMENT, sections=(section,)))
