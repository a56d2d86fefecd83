"""Drivers that are packages: a part that nothing imports never does its work."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from checker import assignment as assignments

PACKAGES = sorted(
    {
        driver
        for name in assignments.names()
        for section in assignments.load(name).sections
        if (driver := assignments.load(name).driver_of(section)).is_dir()
    }
)


def _imported(file: Path) -> set[str]:
    """The parts of its own package that a file imports, or names as files: those run in another process."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found |= {node.module} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.Constant) and (file.parent / str(node.value)).suffix == ".py":
            found |= {node.value} if (file.parent / node.value).is_file() else set()
    return {name.split(".")[0] for name in found if name}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: f"{package.parent.name}/{package.name}")
def test_every_part_is_imported(package: Path) -> None:
    """Some parts only stand in for something of torch's when they are imported."""
    reached, waiting = set(), ["__init__"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            file = package / name if (package / name).is_dir() else package / f"{name}.py"
            waiting += [] if file.is_dir() else sorted(_imported(file))

    assert {file.stem for file in package.glob("*.py")} <= reached
