"""Notebooks as the grader reads them."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from checker.notebooks import code
from checker.submissions import find, stage


def _notebook(*cells: object) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)})


def _code(source: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def test_code_cells_become_one_file():
    """Sources are strings or lists of lines; text cells are left out."""
    text = _notebook(_code("a = 1"), {"cell_type": "markdown", "source": "a = 2"}, _code(["b = 3\n", "c = 4"]))

    assert code(text) == "a = 1\n\nb = 3\nc = 4"


def test_what_only_ipython_understands_is_left_out():
    """The rest can be parsed, also where such a line is all of a block."""
    text = _notebook(_code("%matplotlib inline\nif True:\n    !pip install torch\na = 1"), _code("%%time\nfor x in"))

    assert [type(node).__name__ for node in ast.parse(code(text)).body] == ["Pass", "If", "Assign"]


def test_notebooks_of_version_3():
    """Cells lie in worksheets, their source is called input."""
    text = json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}]})

    assert code(text) == "a = 1"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"cells": 3}', '{"cells": [3, {"cell_type": "code"}]}', "[" * 9999]
)
def test_no_notebook_is_no_code(text):
    """Whatever is handed in, reading it raises nothing."""
    assert code(text) == ""


def test_python_files_beside_a_notebook_come_along(tmp_path: Path):
    """A notebook may import them."""
    submission, into = tmp_path / "submission", tmp_path / "stage"
    submission.mkdir()
    (submission / "part1.ipynb").write_text(_notebook(_code("import helper")))
    (submission / "helper.py").write_text("a = 1")
    stage(find(submission, ["part1.ipynb"]), ["part1.ipynb"], "", into)

    assert sorted(path.name for path in into.iterdir()) == ["helper.py", "part1.ipynb"]
