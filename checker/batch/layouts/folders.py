"""What people put together by hand: a folder, an archive or a file per student."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from checker.batch.archives import SUFFIXES, looks_like_archive
from checker.batch.layouts.assembling import plain_names
from checker.batch.layouts.draft import Draft, Drafts, left, text
from checker.batch.layouts.listing import NOTEBOOK_AND_SOURCE, is_file, is_folder, listed
from checker.batch.model import Part, Student
from checker.submissions import original_name


def read(root: Path, files: Sequence[str]) -> Drafts:
    """A submission per folder and archive, and per student whose source files and notebooks lie here themselves."""
    result = Drafts("folders", [], [])
    loose: dict[str, Draft] = {}
    for path in listed(root):
        if path.is_symlink():
            result.left_over.append(left(path, "is a link, and links are not followed"))
        elif path.name.startswith("."):
            result.left_over.append(left(path, "is hidden"))
        elif is_folder(path):
            result.drafts.append(_draft(text(path), path, Part(path)))
        elif is_file(path) and looks_like_archive(path.name):
            result.drafts.append(_draft(stem(text(path)), path, Part(path, path.name)))
        elif is_file(path) and path.suffix in NOTEBOOK_AND_SOURCE:
            who, name = _owner(path.name, files)
            draft = loose.setdefault(who, Draft(who, f"{who}/", students=(Student(name=who),)))
            draft.parts.append(Part(path, name))
        else:
            result.left_over.append(left(path, "is neither a folder nor an archive nor a source file or notebook"))
    result.drafts += loose.values()
    _tell_apart(result.drafts)
    return result


def _draft(label: str, path: Path, part: Part) -> Draft:
    return Draft(label, path.name, [part], students=(Student(name=label),))


def stem(name: str) -> str:
    """The name of an archive without its suffix; other names as they are."""
    suffix = max((suffix for suffix in SUFFIXES if name.casefold().endswith(suffix)), key=len, default="")
    return name.removesuffix(name[len(name) - len(suffix) :]) or name


def _owner(name: str, files: Sequence[str]) -> tuple[str, str]:
    """Whose file it is and what it is called in a submission: ``jane_layers.py`` is Jane's ``layers.py``."""
    for wanted in sorted(plain_names(files), key=len, reverse=True):
        for given in (name, original_name(name)):
            matched = re.fullmatch(rf"(?P<who>.+)[-_ .]{re.escape(wanted)}", given)
            if matched:
                return text(Path(matched["who"])), wanted
    suffix = PurePosixPath(name).suffix
    alike = [wanted for wanted in files if wanted.endswith(suffix) and "*" not in wanted]
    return text(Path(name).with_suffix("")), alike[0] if len(alike) == 1 else name


def _tell_apart(drafts: list[Draft]) -> None:
    """Nobody is guessed between two submissions under one name: both stay, and both say so."""
    by_label: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_label.setdefault(draft.label.casefold(), []).append(draft)
    for same in by_label.values():
        for draft in same if len(same) > 1 else ():
            others = ", ".join(sorted(text(Path(other.source)) for other in same if other is not draft))
            draft.problems.append(f"there is another submission under this name ({others}): both are graded")
