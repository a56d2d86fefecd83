"""Deductions: what a section's rules cost, and the tasks that wait for a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal

from checker.assignment import Finding, HandedIn, ManualTask, Rule, Section, Task
from checker.documents import extent
from checker.report.model import RuleOutcome, TaskOutcome
from checker.rules import no_prints

MOST_FINDINGS = 5


def judge(
    section: Section, tasks: Sequence[Task], outcomes: Sequence[TaskOutcome], handed_in: HandedIn
) -> list[TaskOutcome]:
    """The outcome of each rule that concerns these tasks, and of each manual task when the whole section is graded.

    Together, rules never take more than the section's tasks earned.
    """
    earned = {outcome.id: outcome.points for outcome in outcomes if outcome.section == section.id}
    left = sum(earned.values())
    judged: list[TaskOutcome] = []
    for rule in section.rules:
        covered = {name: points for name, points in earned.items() if _covers(rule, name)}
        if rule.tasks and not covered:
            continue
        findings = [found for found in rule.check(handed_in) if not found.task or found.task in covered]
        outcome = RuleOutcome(
            deduct=rule.deduct,
            tasks=tuple(covered),
            named=tuple(dict.fromkeys(found.task for found in findings)),
            prints=rule.check is no_prints,
        )
        cost = min(price(rule.deduct, outcome.named, covered), left)
        left -= cost
        judged.append(_rule_outcome(section, rule, findings, cost, outcome))
    if len(tasks) == len(section.tasks):
        judged += [_manual_outcome(section, manual, handed_in.folder) for manual in section.manual]
    return judged


def _covers(rule: Rule, task: str) -> bool:
    return not rule.tasks or any(task == name or task.startswith(f"{name}.") for name in rule.tasks)


def price(
    deduct: Literal["all", "half", "note"] | float, named: Collection[str], covered: Mapping[str, float]
) -> float:
    """What breaches cost that name these tasks ("" for all), of what the ``covered`` tasks earned."""
    if not named or deduct == "note":
        return 0.0
    if deduct == "all":
        return sum(covered.values())
    if deduct == "half":
        return sum(points for name, points in covered.items() if "" in named or name in named) / 2
    return float(deduct)


def _rule_outcome(
    section: Section, rule: Rule, findings: Sequence[Finding], cost: float, outcome: RuleOutcome
) -> TaskOutcome:
    lines = list(dict.fromkeys(f"{found.message}{f' ({found.where})' if found.where else ''}" for found in findings))
    if len(lines) > MOST_FINDINGS:
        lines[MOST_FINDINGS:] = [f"and {len(lines) - MOST_FINDINGS} more"]
    return TaskOutcome(
        id=rule.id,
        title=rule.title,
        section=section.id,
        points=-cost if cost else 0.0,
        max_points=0.0,
        status="forbidden" if findings and rule.deduct != "note" else "passed",
        message="; ".join(lines),
        aspects=(),
        rerun="",
        rule=outcome,
    )


def _manual_outcome(section: Section, manual: ManualTask, folder: Path) -> TaskOutcome:
    return TaskOutcome(
        id=manual.id,
        title=manual.title,
        section=section.id,
        points=0.0,
        max_points=manual.points,
        status="manual",
        message=_presence(manual, folder),
        aspects=(),
        rerun="",
    )


def _presence(manual: ManualTask, folder: Path) -> str:
    if not manual.files:
        return "scored by a person"
    there = sorted(
        path for pattern in manual.files for path in folder.rglob(pattern) if path.is_file() and not path.is_symlink()
    )
    if not there:
        return f"scored by a person; nothing is there that matches {' or '.join(manual.files)}"
    return f"scored by a person; found {', '.join(_described(path, manual) for path in there)}"


def _described(path: Path, manual: ManualTask) -> str:
    found = extent(path)
    if found.problem:
        return f"{path.name} ({found.problem})"
    counts = [_count(found.words, "words", manual.words)]
    if found.pages is not None:
        counts.insert(0, _count(found.pages, "pages", manual.pages))
    return f"{path.name} ({', '.join(counts)})"


def _count(number: int, unit: str, wanted: tuple[int, int]) -> str:
    least, most = wanted
    if number < least:
        return f"{number} {unit}, at least {least} are asked for"
    if most and number > most:
        return f"{number} {unit}, at most {most} are asked for"
    return f"{number} {unit}"
