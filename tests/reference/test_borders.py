"""Drivers run beside the student's code and the checker knows no homework: imports must keep to that."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from checker import assignment as assignments

ROOT = Path(__file__).resolve().parents[2]
# Every file of every driver, be it a file or a folder.
DRIVERS = sorted({*(ROOT / "reference").glob("*/*driver*.py"), *(ROOT / "reference").glob("*/*driver*/**/*.py")})
CHECKER = sorted((ROOT / "checker").rglob("*.py"))
HOMEWORKS = {path.parent.name for path in (ROOT / "reference").glob("*/rubric.py")}


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _place(driver: Path) -> tuple[str, ...]:
    """The driver's name, then the file's inside it."""
    return driver.relative_to(ROOT / "reference").parts[1:]


def _allowed(driver: Path) -> set[str]:
    """The packages of the sections that it drives, and what runs notebooks where they are allowed to be run."""
    homework, name, *_ = driver.relative_to(ROOT / "reference").parts
    packages = [set(section.packages) for section in assignments.load(homework).sections if section.driver == name]
    assert packages, f"no section of {homework} has the driver {name}"
    allowed = set.intersection(*packages)
    return allowed | {"notebook_run"} if "nbclient" in allowed else allowed


@pytest.mark.parametrize("driver", DRIVERS, ids=_name)
def test_drivers_import_what_their_sections_allow_only(driver: Path) -> None:
    """A driver must not bring anything of the grader into the student's process; what is named driver has NumPy."""
    outside = {name.split(".")[0] for name in _imports(driver) if not name.startswith(".")} - sys.stdlib_module_names

    assert outside <= _allowed(driver)
    assert outside <= {"numpy"} or _place(driver)[0] not in ("driver", "driver.py")


@pytest.mark.parametrize("driver", DRIVERS, ids=_name)
def test_parts_of_a_driver_import_each_other_only(driver: Path) -> None:
    """A driver is loaded by itself: nothing is above its folder, and nothing beside its file."""
    nodes = ast.walk(ast.parse(driver.read_text(encoding="utf-8")))
    dots = [node.level for node in nodes if isinstance(node, ast.ImportFrom)]

    assert max(dots, default=0) < len(_place(driver))


def test_no_driver_is_left_out() -> None:
    """What a section calls its driver is found by its name."""
    every = map(assignments.load, assignments.names())
    named = {assignment.driver_of(section) for assignment in every for section in assignment.sections}

    assert {path / "__init__.py" if path.is_dir() else path for path in named} <= set(DRIVERS)


@pytest.mark.parametrize("module", CHECKER, ids=_name)
def test_checker_imports_no_homework(module: Path) -> None:
    """The checker must not know a homework by name."""
    assert not {name for name in _imports(module) for homework in HOMEWORKS if f"reference.{homework}" in name}


def test_case_building_blocks_need_no_torch() -> None:
    """Case strategies must be drawn with NumPy and Hypothesis alone."""
    assert not {name for name in _imports(ROOT / "checker" / "cases.py") if name.startswith(("torch", "reference"))}
