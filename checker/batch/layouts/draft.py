"""A submission as a layout sees it, before its files are looked into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from checker.batch.archives.names import decoded, shown
from checker.batch.model import LeftOver, Part, Student


@dataclass
class Draft:
    """``label`` is what the key is made of, ``source`` the name that tells it apart from another of that label.

    ``parts`` are folders and files as they were handed in, archives under their names.
    """

    label: str
    source: str
    parts: list[Part] = field(default_factory=list)
    students: tuple[Student, ...] = ()
    submitted: datetime | None = None
    late: bool | None = None
    platform_points: float | None = None
    problems: list[str] = field(default_factory=list)


@dataclass
class Drafts:
    """What a layout made of a folder."""

    layout: str
    drafts: list[Draft]
    left_over: list[LeftOver]


def text(path: Path) -> str:
    """A file's name for people and reports: valid Unicode on one line."""
    return shown(decoded(path.name))


def left(path: Path, reason: str) -> LeftOver:
    """Something that belongs to nobody."""
    return LeftOver(text(path), reason)


def in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """By label, then source: the same in every run."""
    return sorted(drafts, key=lambda draft: (draft.label, draft.source))
