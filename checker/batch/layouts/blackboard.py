"""A Blackboard download: flat files ``{assignment}_{student}_attempt_{time}_{file}``, and a note ``..._{time}.txt``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from checker.batch.archives.names import decoded, shown
from checker.batch.layouts.draft import Draft, Drafts, left
from checker.batch.layouts.listing import is_file, listed
from checker.batch.layouts.shared_words import shared_words
from checker.batch.model import Part, Student

_NAME = re.compile(r"(?P<owner>.+)_attempt_(?P<time>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|\.txt)", re.DOTALL)


def read(root: Path, files: Sequence[str]) -> Drafts | None:
    """The submissions of a download, None when no entry is named so.

    Blackboard's times name no time zone, so that ``submitted`` stays open.
    """
    entries = listed(root)
    named = {path: matched for path in entries if is_file(path) and (matched := _NAME.fullmatch(decoded(path.name)))}
    if not named:
        return None
    owners: dict[str, dict[str, list[Part]]] = {}
    for path, matched in named.items():
        attempts = owners.setdefault(matched["owner"], {})
        parts = attempts.setdefault(matched["time"], [])
        parts.append(Part(path, matched["file"] or "blackboard.txt"))
    common = shared_words(owners, "_")
    drafts = [_draft(owner, common, attempts) for owner, attempts in owners.items()]
    others = [path for path in entries if path not in named]
    return Drafts("Blackboard", drafts, [left(path, "is not named as Blackboard names downloads") for path in others])


def _draft(owner: str, common: int, attempts: dict[str, list[Part]]) -> Draft:
    login = "_".join(owner.split("_")[common:])
    newest = max(attempts)
    parts = attempts[newest]
    draft = Draft(login, owner, parts, students=(Student(login=shown(login)),))
    if len(attempts) > 1:
        draft.problems.append(f"there are {len(attempts)} attempts: the newest counts ({newest})")
    if all(part.name == "blackboard.txt" for part in parts):
        draft.problems.append("the newest attempt has no files")
    return draft
