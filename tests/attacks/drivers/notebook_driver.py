"""Runs the notebook homework and looks at its variable ``a``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def show(variables: dict[str, Any], path: str) -> None:
    """Write the variable where ``run`` reads it."""
    Path(path).write_text(repr(variables["a"]))


def run(case: Any) -> Iterator[tuple[str, Any]]:
    """``a`` is the notebook's variable of that name."""
    import notebook_run

    notebook = notebook_run.read(Path(sys.path[-1]) / "work.ipynb")
    with notebook_run.kernel(notebook, 8) as kernel:
        try:
            kernel.run(notebook)
        finally:
            for cell in notebook_run.code_cells(notebook):
                print(*(output.get("text") for output in cell.outputs))
        path = Path(os.environ["TMPDIR"]) / "a"
        kernel.call(__file__, "show", str(path))
    yield "a", float(path.read_text())
