"""Ledger: the points of one submission line by line, while a policy changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from checker.assignment import Assignment
from checker.batch.course import NoPrint
from checker.batch.manual_scores import Item
from checker.batch.model import Adjustment
from checker.batch.quantities import Price, price_text
from checker.deductions import price
from checker.report.model import Report, TaskOutcome

DIGITS = 6
"""Points are kept to this many decimals, so that no noise of floating-point sums shows."""


@dataclass(frozen=True)
class Line:
    """Points of one task, or what a person gave for it."""

    id: str
    section: str
    points: float
    max_points: float
    by_hand: bool = False
    printed: bool = False


@dataclass
class Ledger:
    """Lines, the rules that cost something of them, and the adjustments so far.

    ``extra`` are the sections whose points count on top of the maximum.
    """

    lines: list[Line]
    rules: list[TaskOutcome]
    extra: frozenset[str]
    automatic: float
    manual: float
    adjustments: list[Adjustment] = field(default_factory=list)
    _costs: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        report: Report | None,
        assignment: Assignment,
        wanted: Sequence[Item],
        scores: Mapping[str, tuple[Item, float]],
    ) -> Self:
        """The ledger of a report; without one, of the assignment with nothing earned."""
        if report is not None:
            extra = frozenset(section.id for section in report.sections if section.extra_credit)
            rules = [task for task in report.tasks if task.rule is not None]
            lines = [
                Line(task.id, task.section, task.points, task.max_points, printed=bool(task.printed.strip()))
                for task in report.tasks
                if task.rule is None and task.status != "manual"
            ]
        else:
            extra = frozenset(section.id for section in assignment.sections if section.extra_credit)
            rules = []
            lines = [Line(task.id, section.id, 0.0, task.max_points) for section, task in assignment.tasks()]
        earned = {item.id: points for item, points in scores.values()}
        lines += [
            Line(i.id, i.section, earned.get(i.id, 0.0), 0.0 if i.included else i.max_points, by_hand=True)
            for i in wanted
        ]
        return cls(lines, rules, extra, report.points if report else 0.0, sum(earned.values()))

    @property
    def total(self) -> float:
        """The points as they stand."""
        return round(self.automatic + self.manual + sum(change.points for change in self.adjustments), DIGITS) + 0.0

    @property
    def maximum(self) -> float:
        """The points that can be reached without extra credit."""
        return round(sum(line.max_points for line in self.lines if line.section not in self.extra), DIGITS)

    @property
    def extra_credit(self) -> float:
        """Points on top of the maximum, after what rules cost there."""
        earned = sum(line.points for line in self.lines if line.section in self.extra)
        return earned - sum(self._costs.get(section, 0.0) for section in self.extra)

    def adjust(self, reason: str, points: float, even_by_nothing: bool = False) -> None:
        """Change the total; a change too small to show is none, unless the reason matters all the same."""
        # Adding 0.0 makes a zero of -0.0.
        points = round(points, DIGITS) + 0.0
        if points or even_by_nothing:
            self.adjustments.append(Adjustment(reason, points))

    def drop(self, lines: Sequence[Line], reason: str) -> None:
        """Take lines out, points and maximum."""
        self.lines = [line for line in self.lines if line not in lines]
        self.adjust(reason, -sum(line.points for line in lines), even_by_nothing=True)

    def price_rules(self, prices: Mapping[str, Price], no_print: NoPrint | None) -> None:
        """Price all broken rules again, for the lines that are left, by the course's prices where it has some.

        A price for printing takes the place of the rubric's own rules against it. Together, rules never take more
        than a section's tasks earned.
        """
        earned = {line.id: line.points for line in self.lines if not line.by_hand}
        sections = {line.id: line.section for line in self.lines if not line.by_hand}
        left: dict[str, float] = {}
        for name, points in earned.items():
            left[sections[name]] = left.get(sections[name], 0.0) + points
        self._costs = {}
        for outcome in self.rules:
            rule = outcome.rule
            assert rule is not None
            deduct = prices.get(outcome.id, "note" if rule.prints and no_print else rule.deduct)
            covered = {name: earned[name] for name in rule.tasks if name in earned}
            named = [name for name in rule.named if not name or name in covered]
            cost = min(price(deduct, named, covered), left.get(outcome.section, 0.0))
            left[outcome.section] = left.get(outcome.section, 0.0) - cost
            self._costs[outcome.section] = self._costs.get(outcome.section, 0.0) + cost
            why = "after tasks were dropped" if deduct == rule.deduct else f"the course's price is {price_text(deduct)}"
            if rule.prints and no_print and outcome.id not in prices:
                why = "the course has its own price for printing"
            self.adjust(f"rule {outcome.id}: {why}, instead of {-outcome.points:g}", -outcome.points - cost)
        if no_print is not None:
            self._price_printing(no_print, earned, sections, left)

    def _price_printing(
        self, no_print: NoPrint, earned: Mapping[str, float], sections: Mapping[str, str], left: Mapping[str, float]
    ) -> None:
        own = {name for outcome in self.rules if outcome.rule and outcome.rule.prints for name in outcome.rule.tasks}
        if no_print.tasks:
            chosen = {name for name in earned if any(covers(task, name) for task in no_print.tasks)}
        else:
            chosen = own or set(earned)
        covered = {name: points for name, points in earned.items() if name in chosen}
        named = [line.id for line in self.lines if line.printed and line.id in covered]
        if not named:
            return
        remaining = {sections[name]: left[sections[name]] for name in covered}
        cost = min(price(no_print.price, named, covered), sum(remaining.values()))
        for section, points in remaining.items():
            share = cost * points / sum(remaining.values()) if cost else 0.0
            self._costs[section] = self._costs.get(section, 0.0) + share
        printing = ", ".join(named)
        reason = f"{printing} print{'s' if len(named) == 1 else ''} what nobody asked for: {price_text(no_print.price)}"
        self.adjust(reason, -cost, even_by_nothing=True)


def covers(name: str, task: str) -> bool:
    """Whether a name stands for a task or one of its aspects: its id, or the first part of it."""
    return task == name or task.startswith((f"{name}.", f"{name}:"))
