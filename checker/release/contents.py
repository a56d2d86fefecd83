"""Contents: which of the project's files grade one assignment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from checker.assignment import PROJECT, Assignment
from checker.datasets.small import PLACES

TOP = ("pyproject.toml", "README.md", "LICENSE")
_SKIPPED = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints"}


def contents(assignment: Assignment) -> dict[str, Path]:
    """Each file by its path in the project: the checker, this assignment's references, hand-out and small data sets."""
    home = PROJECT / "reference" / assignment.id
    needed = _imported(sorted(home.rglob("*.py")))
    paths = {PROJECT / name for name in TOP}
    paths |= {*_files(PROJECT / "checker"), *_files(home), *_files(assignment.handout), *needed}
    for name in _named(needed) & PLACES.keys():
        place = PLACES[name]
        paths |= {*_files(place if place.is_dir() else place.parent)}
    return {path.relative_to(PROJECT).as_posix(): path for path in sorted(paths) if path.exists()}


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not _SKIPPED & set(path.parts):
            yield path


def _imported(start: list[Path]) -> set[Path]:
    """These modules and all below reference/ that they import, with the packages that hold them."""
    found: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        waiting += [
            folder / "__init__.py" for folder in path.parents if PROJECT / "reference" in (folder, *folder.parents)
        ]
        for name in _imports(path):
            module = PROJECT.joinpath(*name.split("."))
            waiting += [module.with_suffix(".py"), module / "__init__.py"]
    return found


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "reference")


def _named(paths: set[Path]) -> set[str]:
    """Texts that stand in the modules, names of data sets among them."""
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_bytes())))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
