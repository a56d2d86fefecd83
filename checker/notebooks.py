"""Notebooks: what of a Jupyter notebook the grader reads itself. Nothing is run here."""

from __future__ import annotations

import json
from typing import Any

SUFFIX = ".ipynb"


def code(text: str) -> str:
    """A notebook's code cells as one Python file, for what is told from the source alone.

    Lines that only IPython understands (``%matplotlib inline``, ``!pip install ...``) become comments. "" for what
    is no notebook.
    """
    return "\n\n".join(_python(_source(cell)) for cell in _cells(text) if cell.get("cell_type") == "code")


def _cells(text: str) -> list[dict[str, Any]]:
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(notebook, dict):
        return []
    sheets = notebook.get("worksheets")
    # Before version 4 cells lay in worksheets.
    holders = [notebook, *sheets] if isinstance(sheets, list) else [notebook]
    cells = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    return [cell for group in cells if isinstance(group, list) for cell in group if isinstance(cell, dict)]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))


def _python(source: str) -> str:
    if source.lstrip().startswith("%%"):
        return "\n".join(f"# {line}" for line in source.splitlines())
    return "\n".join(_line(line) for line in source.splitlines())


def _line(line: str) -> str:
    bare = line.lstrip()
    # A comment alone would leave a block empty.
    return f"{line[: len(line) - len(bare)]}pass  # {bare}" if bare.startswith(("%", "!")) else line
