"""Policy: from what a submission earned to the grade that the course gives. Every change of the points says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from checker.assignment import Assignment
from checker.assignment import names as assignment_names
from checker.batch.course import NONE, Drop, Late, Policy, Rounding, Terms
from checker.batch.course_file import load, meant
from checker.batch.deadlines import due_for, later, parts_late, unmatched
from checker.batch.ledger import DIGITS, Ledger, covers
from checker.batch.manual_scores import OVERALL, Item, ManualScore, items
from checker.batch.model import Grade, GradeStatus, Submission
from checker.batch.quantities import points as points_text
from checker.errors import RequestError
from checker.report.model import Report
from checker.rules import no_prints

__all__ = ["NONE", "Policy", "grade", "load", "validate"]

_ROUNDINGS = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


def grade(
    policy: Policy,
    submission: Submission,
    report: Report | None,
    manual: Mapping[str, ManualScore],
    assignment: Assignment,
) -> Grade:
    """The grade of one submission: a function of these alone. ``manual`` are the scores that people gave, by item.

    Without a report, nothing could be graded (``refused``), or nothing was handed in (``missing``).
    """
    terms = policy.terms(assignment.id)
    status = _status(submission, report)
    wanted = items(report, assignment)
    scores, problems = _usable(wanted, manual)
    ledger = Ledger.of(report, assignment, wanted, scores)
    for drop in terms.drop:
        _drop(drop, ledger)
    ledger.price_rules(terms.rules, terms.no_print)
    _cap_extra_credit(terms, ledger)
    if terms.not_runnable == "zero" and report is not None and not _ran(report):
        ledger.adjust("nothing of the submission can be run, which gives 0 points for the whole", -ledger.total, True)
    if terms.due is not None:
        problems += _late(policy, terms, submission, ledger, assignment.id)
    overall = manual.get(OVERALL)
    if overall is not None and overall.points:
        ledger.adjust(f"by hand: {overall.comment or 'no reason given'}", overall.points)
    if ledger.total < 0:
        ledger.adjust("a grade is never below 0", -ledger.total)
    if terms.rounding is not None:
        _round(terms.rounding, ledger)
    own_problems = report.problems if report is not None else ()
    return Grade(
        key=submission.key,
        students=submission.students,
        assignment=assignment.id,
        status=status,
        points=ledger.total,
        max_points=ledger.maximum,
        automatic=ledger.automatic,
        manual=ledger.manual,
        adjustments=tuple(ledger.adjustments),
        waiting=() if status == "missing" else tuple(i.id for i in wanted if i.max_points and i.id not in scores),
        comment=_comment(wanted, manual),
        problems=tuple(dict.fromkeys((*submission.problems, *own_problems, *problems))),
        submitted=_written(submission),
        seconds=report.seconds if report is not None else 0.0,
    )


def validate(policy: Policy, assignment: Assignment, submissions: Iterable[Submission] = ()) -> tuple[str, ...]:
    """Sentences about what a policy leaves open; RequestError when it names what the assignment does not have."""
    for name in policy.assignments:
        known = sorted({assignment.id, *assignment_names()})
        if name not in known:
            raise RequestError(f"`assignments.{name}`: there is no assignment {name!r}{meant(name, known)}")
    terms = policy.terms(assignment.id)
    where = f"assignments.{assignment.id}"
    rules = {rule.id: rule for section in assignment.sections for rule in section.rules}
    for rule in terms.rules:
        if rule not in rules:
            raise RequestError(f"`{where}.rules`: there is no rule {rule!r}{meant(rule, list(rules))}")
        if terms.no_print is not None and rules[rule].check is no_prints:
            raise RequestError(f"`{where}.rules.{rule}` and `no_print` both price printing: keep one of them")
    tasks = [task.id for _, task in assignment.tasks()]
    tasks += [manual.id for section in assignment.sections for manual in section.manual]
    named = [*(name for drop in terms.drop for name in drop.of), *(terms.no_print.tasks if terms.no_print else ())]
    for name in named:
        if not any(covers(name, task) for task in tasks):
            raise RequestError(f"`{where}`: there is no task {name!r}{meant(name, tasks)}")
    dropped = [task for drop in terms.drop for name in drop.of for task in tasks if covers(name, task)]
    if len(set(dropped)) != len(dropped):
        raise RequestError(f"`{where}.drop`: {next(t for t in dropped if dropped.count(t) > 1)} is there twice")
    open_ends = []
    if terms.late is not None and terms.due is None:
        open_ends.append(f"the policy has a late penalty but no `{where}.due`, so nothing is late")
    submissions = tuple(submissions)
    if submissions:
        extended = [e for e in policy.extensions if e.assignment in ("", assignment.id)]
        open_ends += [f"nobody here is {name!r}, who has an extension" for name in unmatched(extended, submissions)]
    return tuple(open_ends)


def _status(submission: Submission, report: Report | None) -> GradeStatus:
    if report is None:
        return "refused" if submission.parts else "missing"
    return "graded" if report.graded else "not graded"


def _ran(report: Report) -> bool:
    tasks = [task for task in report.tasks if task.aspects]
    return not tasks or any(task.ran for task in tasks)


def _usable(
    wanted: tuple[Item, ...], manual: Mapping[str, ManualScore]
) -> tuple[dict[str, tuple[Item, float]], list[str]]:
    """The scores that count, with their items, and a sentence for each that does not."""
    by_id = {item.id: item for item in wanted}
    scores: dict[str, tuple[Item, float]] = {}
    problems = []
    for name, score in manual.items():
        if name == OVERALL or score.points is None:
            continue
        item = by_id.get(name)
        if item is None:
            problems.append(f"manual scores: no person scores {name!r} here, so its score does not count")
        elif score.points > item.max_points and not score.comment:
            most = points_text(item.max_points)
            problems.append(
                f"manual scores: {score.points:g} for {name} is above its {most}: write a comment that says why, "
                "or it does not count"
            )
        else:
            scores[name] = (item, score.points)
    return scores, problems


def _drop(drop: Drop, ledger: Ledger) -> None:
    """Take out those tasks of a group that lose the most points; of equal ones, the last."""
    units = [(name, [line for line in ledger.lines if covers(name, line.id)]) for name in drop.of]
    units = [(name, lines) for name, lines in units if lines]
    lost = {name: sum(line.max_points - line.points for line in lines) for name, lines in units}
    order = sorted(range(len(units)), key=lambda i: (round(lost[units[i][0]], DIGITS), i), reverse=True)
    for name, lines in (units[i] for i in order[: max(len(units) - drop.keep, 0)]):
        earned, most = sum(line.points for line in lines), sum(line.max_points for line in lines)
        ledger.drop(lines, f"best {drop.keep} of {', '.join(drop.of)}: {name} ({earned:g} / {most:g}) does not count")


def _cap_extra_credit(terms: Terms, ledger: Ledger) -> None:
    if terms.extra_credit_cap is None:
        return
    most = terms.extra_credit_cap.of(ledger.maximum)
    if ledger.extra_credit > most:
        ledger.adjust(f"extra credit counts up to {points_text(round(most, 6))}", most - ledger.extra_credit)


def _late(policy: Policy, terms: Terms, submission: Submission, ledger: Ledger, assignment: str) -> list[str]:
    assert terms.due is not None
    late = terms.late
    if late is None or not submission.parts:
        return []
    if submission.submitted is None:
        said = " (the platform calls it late)" if submission.late else ""
        return [f"when it was handed in is not known{said}, so no late penalty was taken"]
    submitted = submission.submitted if submission.submitted.tzinfo else submission.submitted.replace(tzinfo=UTC)
    due, extended = due_for(terms.due, assignment, submission, policy.extensions)
    parts = parts_late(submitted, due, late.grace, late.part)
    if parts == 0 or ledger.total <= 0:
        return []
    by = f"due {due:%Y-%m-%d %H:%M %Z}{' (extended)' if extended else ''}"
    if late.closed_after is not None:
        end = later(due, late.grace + late.closed_after)
        if submitted.astimezone(UTC) > end.astimezone(UTC):
            ledger.adjust(f"{by}, and closed since {end:%Y-%m-%d %H:%M %Z}: 0 points", -ledger.total)
            return []
    taken, why = _penalty(late, parts, ledger)
    ledger.adjust(f"late: {by}, {why}", -taken)
    return []


def _penalty(late: Late, parts: int, ledger: Ledger) -> tuple[float, str]:
    """The points that lateness costs, and how they come about."""
    base = ledger.total if late.of == "earned" else ledger.maximum
    taken = parts * late.penalty.of(base)
    of = f" of the {'points earned' if late.of == 'earned' else 'maximum'}" if late.penalty.percent else ""
    span = late.part.total_seconds()
    unit = next((name for name, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)) if span == seconds), "")
    count = f"{parts} {unit}{'' if parts == 1 else 's'}" if unit else f"{parts} times {late.part}"
    why = f"{count} begun at {late.penalty}{of} each"
    if late.cap is not None and taken > late.cap.of(base):
        taken, why = late.cap.of(base), f"{why}, at most {late.cap}"
    return min(taken, ledger.total), why


def _round(rounding: Rounding, ledger: Ledger) -> None:
    step = Decimal(str(rounding.to))
    exact = Decimal(str(ledger.total))
    rounded = float((exact / step).quantize(Decimal(1), _ROUNDINGS[rounding.how]) * step)
    how = "" if rounding.how == "nearest" else f" {rounding.how}"
    ledger.adjust(f"rounded{how} to a multiple of {rounding.to:g}", rounded - ledger.total)


def _comment(wanted: tuple[Item, ...], manual: Mapping[str, ManualScore]) -> str:
    titles = {item.id: item.title for item in wanted}
    said = [f"{titles.get(name, name)}: {s.comment}" for name, s in manual.items() if s.comment and name != OVERALL]
    overall = manual.get(OVERALL)
    # With points, the comment is the reason of the adjustment.
    return "\n".join([*said, *([overall.comment] if overall and overall.comment and not overall.points else [])])


def _written(submission: Submission) -> str:
    if submission.submitted is None:
        return ""
    submitted = submission.submitted if submission.submitted.tzinfo else submission.submitted.replace(tzinfo=UTC)
    return submitted.astimezone(UTC).isoformat().replace("+00:00", "Z")
