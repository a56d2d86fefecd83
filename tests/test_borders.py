"""Who may know whom: the borders that keep the grader honest and the code small."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOMEWORKS = [path.parent.name for path in (ROOT / "reference").glob("*/rubric.py")]
# The one module that imports torch runs in the student's process, where a section allows torchvision.
IN_TORCH_SECTIONS = ROOT / "checker/datasets/torchvision_import.py"
CHECKER = sorted({*(ROOT / "checker").rglob("*.py")} - {IN_TORCH_SECTIONS})
REFERENCE = sorted((ROOT / "reference").rglob("*.py"))
DRIVERS = sorted({*(ROOT / "reference").glob("*/*driver*.py"), *(ROOT / "reference").glob("*/*driver*/**/*.py")})


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def _label(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CHECKER, ids=_label)
def test_checker_knows_no_homework_and_no_torch(path):
    """The engine gets homeworks as data, and expected values as arrays."""
    imported = _imports(path)
    text = path.read_text()

    assert not [name for name in imported if name.startswith("reference.") or name.split(".")[0].startswith("torch")]
    assert not [name for name in HOMEWORKS if f'"{name}"' in text or f"'{name}'" in text]


@pytest.mark.parametrize("path", REFERENCE, ids=_label)
def test_reference_knows_no_report(path):
    """Rubrics and operators say what is right and what it is worth, not how it is shown."""
    assert not [name for name in _imports(path) if name.startswith(("checker.report", "checker.cli", "rich"))]


@pytest.mark.parametrize("path", DRIVERS, ids=_label)
def test_drivers_run_on_numpy_and_torch_alone(path):
    """What runs beside the student's code imports the standard library and NumPy; others name what else they need."""
    name = path.relative_to(ROOT / "reference").parts[1].removesuffix(".py")
    allowed = {"numpy"} if name == "driver" else {"numpy", "torch", "torchvision"}
    allowed |= {"matplotlib", "notebook_run"} if "notebook" in name else set()
    outside = {name.split(".")[0] for name in _imports(path) if not name.startswith(".")}

    assert outside <= {*allowed, *sys.stdlib_module_names}


@pytest.mark.parametrize("path", [*CHECKER, *REFERENCE], ids=_label)
def test_no_tolerance_literals(path):
    """Allowed errors come from bounds: nobody passes rtol or atol by hand."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]

    assert not [call.lineno for call in calls for word in call.keywords if word.arg in ("rtol", "atol")]
