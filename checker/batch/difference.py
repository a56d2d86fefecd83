"""Difference: who gets another grade in a second run of a class than in the first, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from checker.batch.earlier import Run
from checker.batch.model import Grade
from checker.report.model import AspectOutcome, Report, TaskOutcome

NOISE = 1e-6
"""Points that differ by less are the same."""


class Change(msgspec.Struct, frozen=True):
    """One submission whose grade differs; ``old`` and ``new`` are points, null where it does not exist.

    ``reasons`` say which tasks, scores and adjustments changed the points, ``causes`` why it was graded again.
    """

    key: str
    students: tuple[str, ...]
    old: float | None
    new: float | None
    reasons: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()

    @property
    def by(self) -> float:
        """How many points more."""
        return (self.new or 0.0) - (self.old or 0.0)


class Difference(msgspec.Struct, frozen=True):
    """All that differs between two runs; ``causes`` hold for the whole class, means are over all grades of a run."""

    causes: tuple[str, ...]
    changed: tuple[Change, ...]
    new: tuple[Change, ...]
    gone: tuple[Change, ...]
    unchanged: int
    old_mean: float | None
    new_mean: float | None

    @property
    def empty(self) -> bool:
        """Whether every grade is as it was."""
        return not (self.changed or self.new or self.gone)


def difference(old: Run, new: Run) -> Difference:
    """Compare two runs grade by grade; the largest change comes first."""
    pairs, gone, added = _paired(old.grades, new.grades)
    changed = [change for before, after in pairs if (change := _change(before, after, old, new)) is not None]
    return Difference(
        causes=tuple(_run_causes(old, new)),
        changed=tuple(sorted(changed, key=lambda change: (-abs(change.by), change.key))),
        new=tuple(Change(grade.key, names(grade), None, grade.points) for grade in added),
        gone=tuple(Change(grade.key, names(grade), grade.points, None) for grade in gone),
        unchanged=len(pairs) - len(changed),
        old_mean=_mean(old.grades),
        new_mean=_mean(new.grades),
    )


def names(grade: Grade) -> tuple[str, ...]:
    """What to call a submission's students."""
    return tuple(s.name or s.login or s.email or s.id for s in grade.students)


def _paired(old: Sequence[Grade], new: Sequence[Grade]) -> tuple[list[tuple[Grade, Grade]], list[Grade], list[Grade]]:
    """Grades of the same submission: of one key, or else of one student, where that is not in doubt."""
    before = {grade.key: grade for grade in old if grade.key}
    pairs = [(before[grade.key], grade) for grade in new if grade.key in before]
    same = {grade.key for _, grade in pairs}
    rest = [grade for grade in old if grade.key not in same]
    added = []
    for grade in (grade for grade in new if grade.key not in same):
        candidates = [other for other in rest if _identities(other) & _identities(grade)]
        if len(candidates) == 1:
            pairs.append((candidates[0], grade))
            rest = [other for other in rest if other is not candidates[0]]
        else:
            added.append(grade)
    return pairs, rest, added


def _identities(grade: Grade) -> set[tuple[str, str]]:
    known = {("id", s.id) for s in grade.students} | {("login", s.login) for s in grade.students}
    known |= {("email", s.email.casefold()) for s in grade.students}
    # A name tells people apart only where the platform gives nothing better.
    known |= {("name", s.name) for s in grade.students if not (s.id or s.login or s.email)}
    return {(kind, value) for kind, value in known if value}


def _change(before: Grade, after: Grade, old: Run, new: Run) -> Change | None:
    same = abs(before.points - after.points) < NOISE
    if old.folder is None or new.folder is None:
        reasons = [] if same else ["one of the two is what a platform shows, without reasons"]
    else:
        reasons = list(_reasons(before, after, old, new))
    if same and not reasons:
        return None
    handed_in = old.submissions.get(before.key), new.submissions.get(after.key)
    causes = ("the submission changed",) if None not in handed_in and handed_in[0] != handed_in[1] else ()
    return Change(
        after.key or before.key, names(after) or names(before), before.points, after.points, tuple(reasons), causes
    )


def _reasons(before: Grade, after: Grade, old: Run, new: Run) -> Iterator[str]:
    if before.status != after.status:
        yield f"{before.status} before, {after.status} now"
    if abs(before.max_points - after.max_points) >= NOISE:
        yield f"out of {after.max_points:g} points, {before.max_points:g} before"
    first, second = old.report(before.key), new.report(after.key)
    if first is not None and second is not None:
        yield from _tasks(first, second)
    elif abs(before.automatic - after.automatic) >= NOISE:
        yield f"automatic points: {before.automatic:g} -> {after.automatic:g}"
    if abs(before.manual - after.manual) >= NOISE:
        yield f"points by hand: {before.manual:g} -> {after.manual:g}"
    for item in after.waiting:
        if item not in before.waiting and before.status == "graded":
            yield f"{item} waits for a person now"
    yield from _adjustments(before, after)


def _tasks(old: Report, new: Report) -> Iterator[str]:
    before = {task.id: task for task in old.tasks}
    after = {task.id: task for task in new.tasks}
    for name in dict.fromkeys((*before, *after)):
        first, second = before.get(name), after.get(name)
        if first is None and second is not None:
            yield f"{name} is new: {second.points:g} / {second.max_points:g}"
        elif second is None and first is not None:
            yield f"{name} is gone: it had {first.points:g} / {first.max_points:g}"
        elif first is not None and second is not None and _differ(first, second):
            yield f"{name} {_step(first, second)}{_aspects(first, second)}"


def _aspects(first: TaskOutcome, second: TaskOutcome) -> str:
    before = {aspect.id: aspect for aspect in first.aspects}
    told = [
        f"{aspect.id} {_step(before[aspect.id], aspect)}"
        for aspect in second.aspects
        if aspect.id in before and _differ(before[aspect.id], aspect)
    ]
    return f" ({', '.join(told)})" if told else ""


def _differ(first: TaskOutcome | AspectOutcome, second: TaskOutcome | AspectOutcome) -> bool:
    return first.status != second.status or any(
        abs(a - b) >= NOISE for a, b in ((first.points, second.points), (first.max_points, second.max_points))
    )


def _step(first: TaskOutcome | AspectOutcome, second: TaskOutcome | AspectOutcome) -> str:
    most = "" if first.max_points == second.max_points else f" of {first.max_points:g} -> {second.max_points:g}"
    status = "" if first.status == second.status else f", {first.status} -> {second.status}"
    return f"{first.points:g} -> {second.points:g}{most}{status}"


def _adjustments(before: Grade, after: Grade) -> Iterator[str]:
    earlier = [(change.reason, change.points) for change in before.adjustments]
    now = [(change.reason, change.points) for change in after.adjustments]
    for reason, points in now:
        if (reason, points) not in earlier:
            yield f"policy: {points:+g}, {reason}"
    for reason, points in earlier:
        if (reason, points) not in now:
            yield f"policy before: {points:+g}, {reason}"


def _run_causes(old: Run, new: Run) -> Iterator[str]:
    """What differs in how the two runs graded."""
    if not old.facts or not new.facts:
        return
    differing = [name for name in ("assignment", "profile", "isolation", "tasks", "seed") if _differs(name, old, new)]
    for name in differing:
        first, second = old.facts.get(name), new.facts.get(name)
        plain = isinstance(first, str) and isinstance(second, str)
        yield (
            f"{name} {first} before, {second} now" if plain else f"other {name}" if name == "tasks" else "another seed"
        )
    if _differs("assignment_sha256", old, new):
        yield "the assignment or the grader changed"
    elif not differing and not _differs("versions", old, new) and _differs("run_sha256", old, new):
        yield "another secret seed"
    yield from _versions(old.facts.get("versions"), new.facts.get("versions"))


def _differs(name: str, old: Run, new: Run) -> bool:
    return old.facts.get(name) != new.facts.get(name)


def _versions(old: object, new: object) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) != new.get(name):
                yield f"{name} {old.get(name, 'absent')} before, {new.get(name, 'absent')} now"


def _mean(grades: Sequence[Grade]) -> float | None:
    counted = [grade.points for grade in grades if grade.status != "not graded"]
    return round(sum(counted) / len(counted), 4) if counted else None
