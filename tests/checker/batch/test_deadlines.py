"""Who is late, and by how many days, whatever the clocks do in between."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from checker.batch.deadlines import Extension, due_for, in_zone, parts_late, unmatched
from checker.batch.model import Part, Student, Submission

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
DUE = datetime(2026, 11, 2, 23, 59, tzinfo=BERLIN)


def _submission(*students: Student, key: str = "k") -> Submission:
    return Submission(key, (Part(Path("x")),), students)


@pytest.mark.parametrize(
    ("after", "grace", "parts"),
    [
        (timedelta(), timedelta(), 0),
        (timedelta(seconds=1), timedelta(), 1),
        (DAY, timedelta(), 1),
        (DAY + timedelta(seconds=1), timedelta(), 2),
        (timedelta(minutes=15), timedelta(minutes=15), 0),
        (timedelta(minutes=15, seconds=1), timedelta(minutes=15), 1),
        (DAY + timedelta(minutes=10), timedelta(minutes=15), 1),
        (-DAY, timedelta(), 0),
    ],
)
def test_a_begun_day_counts_whole_after_the_grace_period(after, grace, parts):
    """To the second."""
    assert parts_late(DUE.astimezone(UTC) + after, DUE, grace, DAY) == parts


def test_a_day_across_the_change_of_the_clocks_is_one_day():
    """The same time of day one day later is one day late, after 23 hours and after 25."""
    for year_month_day in ((2026, 10, 24), (2026, 3, 28)):
        due = datetime(*year_month_day, 12, 0, tzinfo=BERLIN)
        next_day = datetime(*year_month_day[:2], year_month_day[2] + 1, 12, 0, tzinfo=BERLIN).astimezone(UTC)

        assert next_day - due.astimezone(UTC) != DAY
        assert parts_late(next_day, due, timedelta(), DAY) == 1
        assert parts_late(next_day + timedelta(seconds=1), due, timedelta(), DAY) == 2


def test_a_time_needs_a_zone_and_has_to_exist():
    """No zone is guessed; an hour that the clocks skip is refused."""
    assert in_zone(datetime(2026, 11, 2, 23, 59), BERLIN) == DUE
    assert in_zone(DUE, None) == DUE
    with pytest.raises(ValueError, match="no time zone"):
        in_zone(datetime(2026, 11, 2, 23, 59), None)
    with pytest.raises(ValueError, match="put forward"):
        in_zone(datetime(2026, 3, 29, 2, 30), BERLIN)


@pytest.mark.parametrize("named", ["4711", "ANNA@uni.example", " anna "])
def test_an_extension_names_a_student_in_any_way(named):
    """By id, email or login, in any case."""
    submission = _submission(Student("Anna", "4711", "anna@uni.example", "Anna"))

    assert due_for(DUE, "hw", submission, [Extension(named, extra=2 * DAY)]) == (DUE + 2 * DAY, True)
    assert due_for(DUE, "hw", submission, [Extension("47", extra=DAY)]) == (DUE, False)


def test_a_key_names_a_submission_of_nobody():
    """Where the platform knows ids, somebody else's may look like the key."""
    assert due_for(DUE, "hw", _submission(), [Extension("k", extra=DAY)]) == (DUE + DAY, True)
    assert due_for(DUE, "hw", _submission(Student("Anna")), [Extension("k", extra=DAY)]) == (DUE + DAY, True)
    assert due_for(DUE, "hw", _submission(Student(id="1")), [Extension("k", extra=DAY)]) == (DUE, False)


def test_the_latest_time_counts():
    """Of a group's members, and of an earlier and a later extension; never one before the due time."""
    group = _submission(Student(id="1"), Student(id="2"))
    extensions = [
        Extension("1", extra=DAY),
        Extension("2", "hw", due=DUE + 3 * DAY),
        Extension("2", "other", extra=9 * DAY),
        Extension("1", "hw", due=DUE - DAY),
    ]

    assert due_for(DUE, "hw", group, extensions)[0] == DUE + 3 * DAY
    assert due_for(DUE, "hw", group, extensions[3:]) == (DUE, False)


def test_extensions_of_nobody_are_named():
    """A misspelt name would cost somebody the extension."""
    assert unmatched([Extension("1"), Extension("anne"), Extension("anne")], [_submission(Student(id="1"))]) == ["anne"]
