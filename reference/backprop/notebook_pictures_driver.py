"""What a notebook about pictures shows, as it was handed in: its text, and the pictures that lie beside it.

Runs in the worker, with the standard library, NumPy and matplotlib, which can read pictures. No cell is run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

KINDS = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
MOST_PICTURES = 6
MOST_PIXELS = 4_000_000
MOST_CELLS = 200
MOST_CHARACTERS = 20_000


def _text(cell: Any) -> str:
    """What a cell printed or showed as text."""
    parts = []
    for output in cell.get("outputs", ()):
        text = output.get("text") or (output.get("data") or {}).get("text/plain") or ""
        parts.append("".join(text) if isinstance(text, list) else str(text))
    return "\n".join(parts)[:MOST_CHARACTERS]


def _shown(notebook: Any) -> int:
    """How many pictures and figures the outputs show."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return sum(any(kind.startswith("image/") for kind in (output.get("data") or {})) for output in outputs)


def _files(folder: Path, text: str) -> list[Path]:
    """Pictures in the folder, those that the notebook names first."""
    there = sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS and path.is_file())
    return sorted(there, key=lambda path: path.name not in text)[:MOST_PICTURES]


def _pixels(path: Path) -> Any:
    """Red, green and blue (h, w, 3) as uint8, of a large picture every second, third ... pixel."""
    from matplotlib import image

    read: Any = image.imread
    picture = read(path)
    if picture.dtype.kind == "f":
        picture = np.rint(picture * 255)
    elif picture.dtype.itemsize > 1:
        picture = picture // 256
    if picture.ndim == 2:
        picture = np.repeat(picture[:, :, None], 3, axis=2)
    step = 1
    while picture[::step, ::step, 0].size > MOST_PIXELS:
        step += 1
    return np.ascontiguousarray(picture[::step, ::step, :3].astype(np.uint8))


def pictures(case: Any) -> Iterator[tuple[str, Any]]:
    """The notebook's text and its pictures."""
    import notebook_run  # type: ignore[import-not-found]

    folder = Path(sys.path[-1])
    notebook = notebook_run.read(folder / case.notebook)
    code = notebook_run.code_cells(notebook)
    outputs = any(cell.get("outputs") for cell in code)
    cells = [{"source": str(cell.source)[:MOST_CHARACTERS], "text": _text(cell)} for cell in code[:MOST_CELLS]]
    text = "\n".join(cell["source"] + cell["text"] for cell in cells)
    if not outputs and "NotImplementedError" in text:
        raise NotImplementedError(f"{case.notebook} is as it was handed out")
    found = {}
    for path in _files(folder, text):
        # What cannot be read as a picture is not one.
        try:
            found[path.name] = _pixels(path)
        except Exception as error:
            print(f"{path.name} cannot be read: {type(error).__name__}: {error}"[:200])
    named = sum(name in text for name in found)
    document = {"cells": cells, "outputs": outputs, "shown": _shown(notebook), "files": list(found), "named": named}
    yield "document", np.frombuffer(json.dumps(document).encode(), dtype=np.uint8)
    for index, picture in enumerate(found.values()):
        yield f"picture[{index}]", picture
