"""Fingerprints: whether a grade would come out the same today."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from checker.assignment import PROJECT, Assignment

_SKIPPED = {"__pycache__", ".ruff_cache", ".mypy_cache"}


def versions() -> dict[str, str]:
    """What decides a grade besides the assignment: releases of Python and of the libraries."""
    names = ("checker", "hypothesis", "numpy", "torch", "torchvision")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def of_assignment(assignment: Assignment) -> str:
    """Hex SHA-256 of everything that the assignment's grades are made by: grader, references, hand-out and data."""
    home = assignment.home or PROJECT / "reference" / assignment.id
    return _of_folders(
        [PROJECT / "checker", PROJECT / "reference", home, assignment.handout, PROJECT / "fixtures/data"]
    )


def of_run(assignment: str, *, seed: int, profile: str, isolation: str, tasks: Iterable[str]) -> str:
    """Hex SHA-256 of all that makes two runs the same; the seed cannot be read from it when it is a secret one."""
    parts = [assignment, str(seed), profile, isolation, *tasks, *(f"{k} {v}" for k, v in versions().items())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _of_folders(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for folder in dict.fromkeys(folders):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not _SKIPPED & set(inside.parts):
                digest.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
