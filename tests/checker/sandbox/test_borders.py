"""What runs beside the student's code imports only the standard library and numpy."""

from __future__ import annotations

import ast
import sys

import pytest

from checker.sandbox.launch import HERE, NOTEBOOK_FILES, WORKER_FILES

ALLOWED = sys.stdlib_module_names | {"numpy"}


IN_NOTEBOOK_SECTIONS = {"nbclient", "nbformat", "jupyter_client", "ipykernel"}


@pytest.mark.parametrize("name", [*WORKER_FILES, *NOTEBOOK_FILES])
def test_worker_files_need_nothing_of_the_grader(name: str) -> None:
    allowed = ALLOWED | (IN_NOTEBOOK_SECTIONS if name in NOTEBOOK_FILES else set())
    imported = set()
    for node in ast.walk(ast.parse((HERE / name).read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module is not None
            imported.add(node.module)
    assert {module.split(".")[0] for module in imported} <= allowed


def test_worker_files_are_what_the_worker_loads() -> None:
    text = (HERE / "worker.py").read_text()
    for name in WORKER_FILES[1:]:
        assert f'"{name.removesuffix(".py")}"' in text
