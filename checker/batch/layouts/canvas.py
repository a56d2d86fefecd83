"""A Canvas bulk download: flat files ``{name}[_LATE]_{user id}_{attachment id}_{file}``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.batch.archives import looks_like_archive
from checker.batch.archives.names import decoded, shown
from checker.batch.layouts.assembling import plain_names
from checker.batch.layouts.draft import Draft, Drafts, left
from checker.batch.layouts.listing import is_file, listed
from checker.batch.model import Part, Student
from checker.submissions import original_name

_NAME = re.compile(
    r"(?:(?!LATE_)(?P<who>\w*?)_)?(?:(?P<late>LATE)_)?(?P<uid>\d+|anon_[^_]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<kind>text|link)\.html)",
    re.DOTALL,
)


@dataclass(frozen=True)
class _Upload:
    path: Path
    name: str
    attachment: int


def read(root: Path, files: Sequence[str]) -> Drafts | None:
    """The submissions of a download, None when most entries are named otherwise."""
    entries = listed(root)
    named = {path: matched for path in entries if is_file(path) and (matched := _NAME.fullmatch(decoded(path.name)))}
    if not named or len(named) * 2 <= len(entries):
        return None
    by_user: dict[str, list[re.Match[str]]] = {}
    paths: dict[str, list[Path]] = {}
    for path, matched in named.items():
        by_user.setdefault(matched["uid"], []).append(matched)
        paths.setdefault(matched["uid"], []).append(path)
    drafts = [_draft(user, matches, paths[user], plain_names(files)) for user, matches in by_user.items()]
    others = [path for path in entries if path not in named]
    return Drafts("Canvas", drafts, [left(path, "is not named as Canvas names downloads") for path in others])


def _draft(user: str, matches: list[re.Match[str]], paths: list[Path], wanted: set[str]) -> Draft:
    who = next((matched["who"] for matched in matches if matched["who"]), "")
    draft = Draft(
        label="_".join(filter(None, (who, user))),
        source=user,
        students=() if user.startswith("anon_") else (Student(name=shown(who), id=user),),
        late=any(matched["late"] for matched in matches),
    )
    uploads = []
    for path, matched in zip(paths, matches, strict=True):
        if matched["file"] is not None:
            uploads.append(_Upload(path, matched["file"], int(matched["attachment"])))
        else:
            draft.parts.append(Part(path, f"canvas_{matched['kind']}.html"))
    for upload in _newest(uploads, wanted, draft.problems):
        draft.parts.append(Part(upload.path, upload.name))
    if not uploads:
        kind = "a link" if any(matched["kind"] == "link" for matched in matches) else "a text"
        draft.problems.append(f"{kind} was handed in instead of files")
    return draft


def _newest(uploads: list[_Upload], wanted: set[str], problems: list[str]) -> list[_Upload]:
    """Of several versions of one file the newest, which has the highest attachment id."""
    versions: dict[str, list[_Upload]] = {}
    as_they_are = {upload.name for upload in uploads}
    for upload in uploads:
        original = original_name(upload.name)
        # fig-1.png beside fig-2.png are two figures; a numbered file is a version only of one that is known otherwise.
        is_version = original in wanted or (looks_like_archive(original) and original in as_they_are)
        versions.setdefault(original if is_version else upload.name, []).append(upload)
    newest = []
    for name, candidates in versions.items():
        candidates.sort(key=lambda upload: upload.attachment)
        if len(candidates) > 1:
            problems.append(
                f"{shown(name)} was uploaded {len(candidates)} times: the newest counts (attachment "
                f"{candidates[-1].attachment})"
            )
        last = candidates[-1]
        newest.append(_Upload(last.path, name if name in wanted else last.name, last.attachment))
    return newest
