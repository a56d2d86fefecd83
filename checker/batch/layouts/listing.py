"""What lies in a folder of submissions."""

from __future__ import annotations

import os
from pathlib import Path

from checker.batch.archives.names import is_junk
from checker.batch.gathering import kind_of

NOTEBOOK_AND_SOURCE = (".py", ".ipynb")


def listed(folder: Path) -> list[Path]:
    """The entries of a folder by name, but for what operating systems leave behind."""
    names = sorted(os.fsencode(path.name) for path in folder.iterdir())
    return [folder / os.fsdecode(name) for name in names if not is_junk((os.fsdecode(name),))]


def is_folder(path: Path) -> bool:
    """Whether it is a folder; a link to one is none."""
    return kind_of(path) == "folder"


def is_file(path: Path) -> bool:
    """Whether it is a regular file; a link to one is none."""
    return kind_of(path) == "file"
