"""From drafts to submissions: which archives are opened, and which re-uploaded files stand for which expected ones."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from checker.batch.archives import looks_like_archive
from checker.batch.archives.names import decoded, shown
from checker.batch.gathering import pieces
from checker.batch.layouts.draft import Draft, in_order
from checker.batch.layouts.keys import keys
from checker.batch.layouts.listing import NOTEBOOK_AND_SOURCE
from checker.batch.model import Part, Submission
from checker.submissions import original_name

MOST_ARCHIVES = 5


def assemble(drafts: Sequence[Draft], files: Sequence[str]) -> tuple[Submission, ...]:
    """The submissions, ordered by key."""
    ordered = in_order(drafts)
    named = zip(keys([(draft.label, draft.source) for draft in ordered]), ordered, strict=True)
    return tuple(sorted((_submission(key, draft, files) for key, draft in named), key=lambda each: each.key))


def plain_names(files: Iterable[str]) -> set[str]:
    """The expected file names without their folders; patterns are no names."""
    return {PurePosixPath(name).name for name in files if "*" not in name}


def _submission(key: str, draft: Draft, files: Sequence[str]) -> Submission:
    problems = list(draft.problems)
    bare = Submission(key, tuple(draft.parts))
    there = {
        piece.path: PurePosixPath(piece.place or os.fsdecode(piece.path.name))
        for part in draft.parts
        for piece in pieces(part, bare)
        if piece.kind == "file"
    }
    wanted = plain_names(files)
    missing = wanted - {place.name for place in there.values()}
    renamed = _reuploaded(there, missing, problems)
    missing -= {place.name for place in renamed.values()}
    sources = any(place.suffix in NOTEBOOK_AND_SOURCE for place in there.values())
    opened = _archives(there, problems) if missing or (not wanted and not sources) else []
    changed = {*renamed, *opened}
    parts = [part for part in draft.parts if part.path not in changed]
    parts += [Part(path, str(place)) for path, place in renamed.items()]
    parts += [Part(path) for path in opened]
    if not there and not problems:
        problems.append("nothing was handed in: there is no file")
    return Submission(
        key=key,
        parts=tuple(parts),
        students=draft.students,
        submitted=draft.submitted,
        late=draft.late,
        platform_points=draft.platform_points,
        archive=shown(decoded(there[opened[0]].name)) if len(opened) == 1 else "",
        problems=tuple(problems),
    )


def _reuploaded(there: dict[Path, PurePosixPath], missing: set[str], problems: list[str]) -> dict[Path, PurePosixPath]:
    """Files that stand for a missing one, and the place that they get."""
    found: dict[Path, PurePosixPath] = {}
    for name in sorted(missing):
        numbered = {path: place for path, place in there.items() if original_name(place.name) == name}
        if len(numbered) == 1:
            found |= {path: place.with_name(name) for path, place in numbered.items()}
        elif numbered:
            listed = ", ".join(shown(str(place)) for place in sorted(numbered.values()))
            problems.append(f"{name} is there under several names ({listed}): none was taken, hand in one as {name}")
    return found


def _archives(there: dict[Path, PurePosixPath], problems: list[str]) -> list[Path]:
    found = sorted((path for path, place in there.items() if looks_like_archive(place.name)), key=os.fsencode)
    if len(found) > MOST_ARCHIVES:
        problems.append(
            f"there are {len(found)} archives, and only the first {MOST_ARCHIVES} are opened: hand in one archive"
        )
    return found[:MOST_ARCHIVES]
