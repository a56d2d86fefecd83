"""GitHub Classroom clones: folders ``{assignment}-{login}`` with ``.git`` inside.

Nothing below ``.git`` is read: a student's configuration can name programs that git would run, and a commit's date is
whatever its author says. So ``submitted`` stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checker.batch.gathering import kind_of
from checker.batch.layouts.draft import Draft, Drafts, left, text
from checker.batch.layouts.listing import is_folder, listed
from checker.batch.layouts.shared_words import shared_words
from checker.batch.model import Part, Student

_SUBMISSIONS = "-submissions"


def read(root: Path, files: Sequence[str]) -> Drafts | None:
    """The clones below a folder, None when most of its folders are none."""
    entries = listed(root)
    folders = [path for path in entries if is_folder(path)]
    clones = [path for path in folders if kind_of(path / ".git") != "missing"]
    if not clones or len(clones) * 2 <= len(folders):
        return None
    prefix = _prefix(root, [path.name for path in clones])
    drafts = [Draft(text(path), path.name, [Part(path)], students=(_student(text(path), prefix),)) for path in folders]
    others = [left(path, "is not a clone's folder") for path in entries if path not in folders]
    return Drafts("GitHub Classroom", drafts, others)


def _prefix(root: Path, names: list[str]) -> str:
    """What comes before the login: the name of the folder when the clones are named after it, else what all share."""
    named = f"{root.name.removesuffix(_SUBMISSIONS)}-"
    if root.name.endswith(_SUBMISSIONS) and all(name.startswith(named) for name in names):
        return named
    if len(names) < 2:
        return ""
    return "".join(f"{word}-" for word in names[0].split("-")[: shared_words(names, "-")])


def _student(name: str, prefix: str) -> Student:
    if prefix and name.startswith(prefix):
        return Student(login=name.removeprefix(prefix))
    return Student(name=name)
