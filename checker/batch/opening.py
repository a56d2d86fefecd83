"""Opening one submission, be it a folder or an archive."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from checker.batch.gathering import gather, is_archive
from checker.batch.layouts.assembling import assemble
from checker.batch.layouts.draft import Draft
from checker.batch.model import Part, Submission
from checker.errors import RequestError
from checker.sandbox.scratch import Scratch
from checker.submissions import find


@dataclass(frozen=True)
class Opened:
    """The files of a submission; ``archive`` is what they came in, if it was one, ``problems`` what was left out."""

    folder: Path
    archive: Path | None = None
    problems: tuple[str, ...] = ()


@contextmanager
def opened(path: Path, files: Collection[str] = ()) -> Iterator[Opened]:
    """The submission at a path; RequestError when there is none, or it cannot be unpacked.

    A folder in which none of the expected ``files`` lies, but an archive, is opened as it is for a class.
    """
    if not path.exists():
        raise RequestError(f"there is no submission at {path}")
    submission = Submission(path.name, (Part(path),))
    if path.is_dir():
        if files and not find(path, files).paths:
            (submission,) = assemble([Draft(path.name, path.name, [Part(path)])], list(files))
        if not any(map(is_archive, submission.parts)):
            yield Opened(path)
            return
    scratch = Scratch("submission")
    try:
        folder = scratch.path / "files"
        folder.mkdir()
        problems = (*submission.problems, *gather(submission, folder))
        if not any(folder.iterdir()):
            why = problems[0] if problems else "there is nothing in it"
            raise RequestError(f"{path} is neither a folder nor an archive that can be graded: {why}")
        archive = path / submission.archive if path.is_dir() else path
        yield Opened(folder, archive, problems)
    finally:
        scratch.remove()
