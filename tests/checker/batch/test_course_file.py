"""A course's file is read as a whole, or refused with the place and the remedy."""

from datetime import UTC, datetime, timedelta

import pytest

from checker import assignment as assignments
from checker.batch.course import NONE, NoPrint, Rounding
from checker.batch.course_file import load
from checker.batch.policy import validate
from checker.batch.quantities import Amount
from checker.errors import RequestError

WHOLE = """
timezone = "Europe/Berlin"
not_runnable = "zero"
extra_credit_cap = "10%"
rounding = {to = 0.5, how = "up"}
no_print = {price = "deduct 2", tasks = ["linear"]}

[late]
penalty = "10%"
grace = "15 minutes"
cap = "50%"
closed_after = "3 days"

[assignments.one]
due = 2026-11-02T23:59:00
drop = [{keep = 1, of = ["a", "b"]}]
rules = {printing = "deduct all"}

[assignments.two]
due = 2026-11-09T23:59:00+00:00
late = {penalty = 1, per = "1 hour", of = "maximum"}
no_print = {price = "note"}

[[extensions]]
student = 4711
assignment = "one"
extra = "2 days"

[[extensions]]
student = "anna@uni.example"
due = 2026-11-20T12:00:00
"""


def _load(tmp_path, text):
    path = tmp_path / "course.toml"
    path.write_text(text)
    return load(path)


def test_a_whole_file(tmp_path):
    """Common terms hold where an assignment has none of its own."""
    policy = _load(tmp_path, WHOLE)
    one, two = policy.terms("one"), policy.terms("two")

    assert one.due is not None
    assert one.due.astimezone(UTC) == datetime(2026, 11, 2, 22, 59, tzinfo=UTC)
    assert one.late is not None
    assert one.late.penalty == Amount(10, True)
    assert (one.late.part, one.late.grace, one.late.closed_after) == (
        timedelta(days=1), timedelta(minutes=15), timedelta(days=3),
    )  # fmt: skip
    assert (one.drop[0].keep, one.drop[0].of, one.rules) == (1, ("a", "b"), {"printing": "all"})
    assert one.no_print == NoPrint(2.0, ("linear",))
    assert two.late is not None
    assert (two.late.penalty, two.late.part, two.late.of) == (Amount(1), timedelta(hours=1), "maximum")
    assert two.no_print == NoPrint("note")
    assert two.rounding == one.rounding == policy.terms("other").rounding == Rounding(0.5, "up")
    assert two.not_runnable == "zero"
    assert [(e.student, e.assignment) for e in policy.extensions] == [("4711", "one"), ("anna@uni.example", "")]


def test_an_empty_file_changes_nothing(tmp_path):
    """No policy is the policy of no course."""
    assert _load(tmp_path, "") == NONE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[late]\npenalty = 1\ngrase = '1 day'", r"`late.grase` is no setting; did you mean 'grace'\?"),
        ("[assignments.one]\nrules = 3", r"`assignments.one.rules`: expected a table, got a whole number"),
        ("[assignments.one]\ndue = 2026-11-02", r"`assignments.one.due`: .* a date with a time, got a date without"),
        ("[assignments.one]\ndue = 2026-11-02T10:00:00", r"`assignments.one.due`: .* has no time zone"),
        ("timezone = 'Europe/Berlim'", r"`timezone`: .*did you mean 'Europe/Berlin'"),
        ("[late]\npenalty = '10'", r"`late.penalty`: '10' is neither a number of points nor a percentage"),
        ("[late]\npenalty = 1\nper = '0 days'", r"`late.per`: .* has no end"),
        ("[late]\ngrace = '1 day'", r"`late`: .*missing required field `penalty`"),
        ("[late]\npenalty = 1\nof = 'earnt'", r"`late.of`: invalid enum value 'earnt'"),
        ("[assignments.one]\nrules = {a = 'all'}", r"`assignments.one.rules.a`: 'all' is no price: write"),
        ("[assignments.one]\ndrop = [{keep = 2, of = ['a', 'b']}]", r"`assignments.one.drop\[1\].keep`: 2 of 2"),
        ("[assignments.one]\ndrop = [{keep = 1, of = ['a', 'a']}]", r"drop\[1\].of` names a task twice"),
        (
            "[assignments.one]\ndrop = [{kep = 1, of = ['a', 'a']}]",
            r"drop\[1\].kep` is no setting; did you mean 'keep'",
        ),
        ("rounding = {to = 0}", r"`rounding.to`: 0 is not above 0"),
        ("not_runnable = 'none'", r"`not_runnable`: invalid enum value"),
        ("[[extensions]]\nstudent = 'a'", r"`extensions\[1\]` of a needs either `due`"),
        ("[[extensions]]\nstudent = 'a'\nextra = '1 moon'", r"`extensions\[1\].extra`: '1 moon' is no time span"),
        ("[assignments.one]\n[[extensions]]\nstudent = 'a'\nassignment = 'on'\nextra = '1 day'", "did you mean 'one'"),
        ("[[extensions]]\nstudent = 'a'\nextra = '1 day'\n" * 2, "already has an extension"),
        ("a = = 1", "no valid TOML: .*line 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, words):
    """One sentence: what, where, and what to write instead."""
    with pytest.raises(RequestError, match=words):
        _load(tmp_path, text)


def test_a_file_that_cannot_be_read(tmp_path):
    """Missing, or no text."""
    with pytest.raises(RequestError, match="cannot be read"):
        load(tmp_path / "course.toml")
    (tmp_path / "course.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RequestError, match="UTF-8"):
        load(tmp_path / "course.toml")


def test_the_documented_file_holds_for_the_homeworks_that_it_names(tmp_path):
    """Every key of it is read, and every task and rule exists."""
    text = (assignments.PROJECT / "docs/policies.md").read_text(encoding="utf-8")
    course = _load(tmp_path, text.partition("```toml\n")[2].partition("```")[0])

    assert len(course.extensions) == 2
    for name in course.assignments:
        assert validate(course, assignments.load(name)) == ()
