"""Settings: what was decided when an assignment was released; it travels in the archive."""

from __future__ import annotations

from pathlib import Path

import msgspec

from checker.errors import RequestError
from checker.exports.gradescope import Visibility

NAME, SEED, COURSE = "release.json", "seed.txt", "course.toml"


class Settings(msgspec.Struct, frozen=True):
    """``seed`` is a public one; with ``secret``, what is in the seed file counts, and students see no cases.

    ``minutes`` is the platform's limit for one submission; ``course`` says that policies came along.
    """

    assignment: str
    profile: str = "default"
    seed: int = 0
    secret: bool = False
    minutes: int = 10
    visibility: Visibility | None = None
    hidden: Visibility = "after_published"
    course: bool = False


def read(source: Path) -> Settings:
    """The settings in an unpacked release; RequestError when they are not there or damaged."""
    try:
        return msgspec.json.decode((source / NAME).read_bytes(), type=Settings)
    except OSError as error:
        raise RequestError(f"{source / NAME} cannot be read ({error.strerror}): upload the release again") from None
    except msgspec.DecodeError as error:
        raise RequestError(f"{source / NAME} is damaged ({error}): make the release again") from None
