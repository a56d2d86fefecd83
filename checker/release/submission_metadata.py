"""Submission metadata: what Gradescope says of a submission, and of when it was handed in.

Source: gradescope/autograder_samples, docs/submission_metadata.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from checker.batch.model import Student

LARGEST = 64 << 20


class User(msgspec.Struct, frozen=True):
    """A member of the group that handed in."""

    id: int | str = ""
    name: str | None = None
    email: str | None = None


class Metadata(msgspec.Struct, frozen=True):
    """The fields that are used; ``id`` is the submission's and ``created_at`` the time at which it was handed in."""

    id: int | str = "submission"
    created_at: datetime | None = None
    users: tuple[User, ...] = ()

    @property
    def submitted(self) -> datetime | None:
        """In UTC. A regrade has the same, unlike the clock; None when the platform names no time zone."""
        if self.created_at is None or self.created_at.tzinfo is None:
            return None
        return self.created_at.astimezone(UTC)

    @property
    def students(self) -> tuple[Student, ...]:
        """The people as the course knows them."""
        return tuple(Student(user.name or "", str(user.id), user.email or "") for user in self.users)


def read(path: Path) -> Metadata:
    """What the file says; nothing is known where it is missing or of another form."""
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else b"{}"
        return msgspec.json.decode(content, type=Metadata)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Metadata()
