"""A Moodle download: ``First Last_{participant id}_assignsubmission_file_`` as folders, or as files' first part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from checker.batch.archives.names import decoded, shown
from checker.batch.layouts.draft import Draft, Drafts, left
from checker.batch.layouts.listing import is_file, is_folder, listed
from checker.batch.model import Part, Student

_NAME = re.compile(
    r"(?P<who>.+?)_(?P<participant>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL
)


def read(root: Path, files: Sequence[str]) -> Drafts | None:
    """The submissions of a download, None when no entry is named so."""
    entries = listed(root)
    named = {
        path: matched
        for path in entries
        if (is_folder(path) or is_file(path)) and (matched := _NAME.fullmatch(decoded(path.name)))
    }
    if not named:
        return None
    drafts: dict[str, Draft] = {}
    files_of: set[str] = set()
    for path, matched in named.items():
        # With groups the name begins with the group's, "Group-First Last": which hyphen it is, only a roster can tell.
        who, participant = matched["who"], matched["participant"]
        draft = drafts.setdefault(
            participant,
            Draft(f"{who}_{participant}", participant, students=(Student(name=shown(who), id=participant),)),
        )
        if matched["kind"] == "file":
            files_of.add(participant)
        draft.parts.append(Part(path, _place(path, matched)))
    for participant in drafts.keys() - files_of:
        drafts[participant].problems.append("a text was handed in instead of files")
    others = [path for path in entries if path not in named]
    return Drafts(
        "Moodle", list(drafts.values()), [left(path, "is not named as Moodle names downloads") for path in others]
    )


def _place(path: Path, matched: re.Match[str]) -> str:
    if is_folder(path):
        return "" if matched["kind"] == "file" else "onlinetext"
    return matched["file"] or f"{matched['kind']}{path.suffix}"
