"""Deadlines: when a submission is due, and how late it is. The clock of this machine is never asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from checker.batch.model import Submission


@dataclass(frozen=True)
class Extension:
    """More time for one student: ``due`` instead of the usual time, or ``extra`` on top of it.

    ``student`` is an id, a login or an email address, or the key of a submission that names nobody; ``assignment`` is
    "" for all of them.
    """

    student: str
    assignment: str = ""
    due: datetime | None = None
    extra: timedelta = timedelta()


def in_zone(written: datetime, zone: ZoneInfo | None) -> datetime:
    """A time from the course's file with its zone; ValueError when it has none or the clocks skip it."""
    if written.tzinfo is not None:
        return written
    if zone is None:
        raise ValueError(f'{written:%Y-%m-%dT%H:%M} has no time zone: add `timezone = "Europe/Berlin"` or an offset')
    local = written.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != written:
        raise ValueError(f"{written:%Y-%m-%dT%H:%M} does not exist in {zone}: the clocks are put forward then")
    return local


def later(due: datetime, span: timedelta) -> datetime:
    """So much later on the clock of the due time's zone: a day later is the same time of day, summer time or not."""
    return due + span


def due_for(
    due: datetime, assignment: str, submission: Submission, extensions: Sequence[Extension]
) -> tuple[datetime, bool]:
    """When it is due for who handed it in, and whether that is an extension; of a group, the latest time counts."""
    names = names_of(submission)
    granted = [e for e in extensions if folded(e.student) in names and e.assignment in ("", assignment)]
    times = [e.due if e.due is not None else later(due, e.extra) for e in granted]
    latest = max((*times, due), key=lambda time: time.astimezone(UTC))
    return latest, latest is not due


def names_of(submission: Submission) -> set[str]:
    """Everything that an extension can name a submission's students by; its key only where nobody is known."""
    known = {folded(name) for student in submission.students for name in (student.id, student.login, student.email)}
    return known - {""} or {folded(submission.key)}


def unmatched(extensions: Iterable[Extension], submissions: Iterable[Submission]) -> list[str]:
    """The students with an extension whom no submission names."""
    known = {name for submission in submissions for name in names_of(submission)}
    return list(dict.fromkeys(e.student for e in extensions if folded(e.student) not in known))


def parts_late(submitted: datetime, due: datetime, grace: timedelta, part: timedelta) -> int:
    """How many parts (days) after the end of the grace period, each begun one counted whole; 0 in time."""
    end = later(due, grace)
    elapsed = submitted.astimezone(UTC) - end.astimezone(UTC)
    if elapsed <= timedelta():
        return 0
    count = max(1, math.ceil(elapsed / part))
    # Around the change to or from summer time a day has 23 or 25 hours.
    if count > 1 and submitted.astimezone(UTC) <= later(end, (count - 1) * part).astimezone(UTC):
        return count - 1
    return count + (submitted.astimezone(UTC) > later(end, count * part).astimezone(UTC))


def folded(name: str) -> str:
    """A name for comparing, case and surrounding blanks aside."""
    return name.strip().casefold()
