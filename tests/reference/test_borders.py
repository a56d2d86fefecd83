"""Drivers run beside the student's code and the checker knows no homework: imports must keep to that."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = sorted((ROOT / "reference").glob("*/driver.py"))
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


@pytest.mark.parametrize("driver", DRIVERS, ids=_name)
def test_drivers_import_the_standard_library_and_numpy_only(driver: Path) -> None:
    """A driver must not bring anything of the grader into the student's process."""
    assert {name.split(".")[0] for name in _imports(driver)} <= sys.stdlib_module_names | {"numpy"}


@pytest.mark.parametrize("module", CHECKER, ids=_name)
def test_checker_imports_no_homework(module: Path) -> None:
    """The checker must not know a homework by name."""
    assert not {name for name in _imports(module) for homework in HOMEWORKS if f"reference.{homework}" in name}


def test_case_building_blocks_need_no_torch() -> None:
    """Case strategies must be drawn with NumPy and Hypothesis alone."""
    assert not {name for name in _imports(ROOT / "checker" / "cases.py") if name.startswith(("torch", "reference"))}
