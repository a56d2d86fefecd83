"""Earlier: the grades of a run as `checker grade` left them, or as a platform shows them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from checker.batch.layouts import discover
from checker.batch.model import Grade
from checker.batch.store import GRADES, REPORT, RUN
from checker.errors import RequestError
from checker.report.model import Report


@dataclass(frozen=True)
class Run:
    """All grades of a run. ``facts`` is what run.json says; ``submissions`` the digest of each, by key."""

    grades: tuple[Grade, ...]
    folder: Path | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def submissions(self) -> Mapping[str, object]:
        """The digest of what was handed in, by key."""
        found = self.facts.get("submissions")
        return found if isinstance(found, dict) else {}

    def report(self, key: str) -> Report | None:
        """The report of one submission, None when there is none that can be read."""
        if self.folder is None or not key or Path(key).name != key:
            return None
        try:
            return msgspec.json.decode((self.folder / key / REPORT).read_bytes(), type=Report)
        except (OSError, msgspec.DecodeError):
            return None


def open_run(path: Path) -> Run:
    """The run in a folder of `checker grade`, or the points of a platform's export; RequestError when it is neither."""
    if not path.exists():
        raise RequestError(f"there is nothing at {path}")
    grades = path / GRADES
    if not grades.is_file():
        return _platform(path)
    try:
        listed = msgspec.json.decode(grades.read_bytes(), type=tuple[Grade, ...])
        facts = msgspec.json.decode((path / RUN).read_bytes(), type=dict[str, object]) if (path / RUN).exists() else {}
    except OSError as error:
        raise RequestError(f"the grades in {path} cannot be read: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise RequestError(f"the grades in {path} are damaged ({error}): grade again into this folder") from None
    return Run(listed, path, facts)


def _platform(path: Path) -> Run:
    none = RequestError(f"{path} holds no {GRADES} and no platform's points: name a folder of `checker grade --out`")
    with tempfile.TemporaryDirectory(prefix="export-") as scratch:
        intake = discover(path, Path(scratch), [])
        grades = tuple(
            Grade(s.key, s.students, "", "graded", s.platform_points, 0.0, automatic=s.platform_points)
            for s in intake.submissions
            if s.platform_points is not None
        )
    if not grades:
        raise none
    return Run(grades)
