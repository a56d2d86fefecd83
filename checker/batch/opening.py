"""Opening one submission, be it a folder or an archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from checker.batch.gathering import gather
from checker.batch.model import Part, Submission
from checker.errors import RequestError
from checker.sandbox.scratch import Scratch


@dataclass(frozen=True)
class Opened:
    """The files of a submission; ``archive`` is what they came in, if it was one, ``problems`` what was left out."""

    folder: Path
    archive: Path | None = None
    problems: tuple[str, ...] = ()


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The submission at a path; RequestError when there is none, or it cannot be unpacked."""
    if not path.exists():
        raise RequestError(f"there is no submission at {path}")
    if path.is_dir():
        yield Opened(path)
        return
    scratch = Scratch("submission")
    try:
        folder = scratch.path / "files"
        folder.mkdir()
        problems = gather(Submission(path.name, (Part(path),)), folder)
        if not any(folder.iterdir()):
            why = problems[0] if problems else "there is nothing in it"
            raise RequestError(f"{path} is neither a folder nor an archive that can be graded: {why}")
        yield Opened(folder, path, problems)
    finally:
        scratch.remove()
