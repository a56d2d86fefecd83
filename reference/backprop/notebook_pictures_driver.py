"""What a notebook about pictures shows, as it was handed in: its text, and the pictures that lie beside it.

Runs in the worker, with the standard library, NumPy and matplotlib, which can read pictures. No cell is run.
"""

from __future__ import annotations

import html
import json
import re
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


_tag = re.compile(r"<[^<>]*>")
_row = re.compile(r"</?(?:tr|p|div|li|h\d|br)\b[^<>]*>", re.IGNORECASE)


def _joined(text: Any) -> str:
    """A text that may be a list of its lines."""
    return "".join(text) if isinstance(text, list) else str(text or "")


def _of_data(data: Any) -> str:
    """What is shown as text: in HTML or Markdown, where the plain text is but the name of an object."""
    plain = _joined(data.get("text/plain"))
    if not plain.startswith("<"):
        return plain
    page = _joined(data.get("text/html"))
    return _joined(data.get("text/markdown")) or html.unescape(_tag.sub(" ", _row.sub("\n", page))) or plain


def _text(cell: Any) -> str:
    """What a cell printed or showed as text."""
    parts = [_joined(output.get("text")) or _of_data(output.get("data") or {}) for output in cell.get("outputs", ())]
    return "\n".join(parts)[:MOST_CHARACTERS]


def _shown(notebook: Any) -> int:
    """How many pictures and figures the outputs show."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return sum(_images(output.get("data") or {}) for output in outputs)


def _images(data: Any) -> int:
    """One for each output that is an image, or as many as an output in HTML has."""
    if any(kind.startswith("image/") for kind in data):
        return 1
    return len(re.findall(r"<img\b", _joined(data.get("text/html")), re.IGNORECASE))


def _files(folder: Path, text: str) -> dict[str, Path]:
    """Pictures in the folder, by what tells them apart; those that the notebook names come first."""
    called: dict[str, list[Path]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS and path.is_file()):
        called.setdefault(path.name, []).append(path)
    found: dict[str, Path] = {}
    for name, paths in called.items():
        # As right/1.jpg and wrong/1.jpg; but copies of one file are one picture.
        copies = len(paths) == 1 or len({path.read_bytes() for path in paths}) == 1
        found |= {name: paths[0]} if copies else {f"{path.parent.name}/{name}": path for path in paths}
    return dict(sorted(found.items(), key=lambda item: item[0] not in text)[:MOST_PICTURES])


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
    for name, path in _files(folder, text).items():
        # What cannot be read as a picture is not one.
        try:
            found[name] = _pixels(path)
        except Exception as error:
            print(f"{name} cannot be read: {type(error).__name__}: {error}"[:200])
    named = sum(name in text for name in found)
    document = {"cells": cells, "outputs": outputs, "shown": _shown(notebook), "files": list(found), "named": named}
    yield "document", np.frombuffer(json.dumps(document).encode(), dtype=np.uint8)
    for index, picture in enumerate(found.values()):
        yield f"picture[{index}]", picture
