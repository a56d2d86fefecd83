"""Attack: one hostile submission, and what its file says about it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SUBMISSIONS = Path(__file__).parent / "submissions"
MAIN = "hw3_pynet.py"
# What a section calls the one file of a submission.
FILES = {"layers": MAIN, "torch": "double.py", "notebook": "work.ipynb"}
_DECLARED = re.compile(r"Row (?P<row>\d+)\. Honest points: (?P<honest>[\d.]+)\.(?P<more>[^\n]*)")
_MORE = re.compile(r"(Section|Passes|Not run under): ([^.]+)\.")


@dataclass(frozen=True)
class Attack:
    """A hostile submission.

    ``honest`` is the share of the points that its code earns by right answers. ``row`` is the kind of attack (see
    ``table.py``). ``passes`` are the levels that may not stop it, ``not_run`` those under which it would end the tests.
    """

    name: str
    text: str
    row: int
    honest: float
    section: str
    passes: frozenset[str]
    not_run: frozenset[str]
    files: Mapping[str, str]

    def write(self, folder: Path, places: Mapping[str, str]) -> None:
        """Put the submission into a folder, with the places that it attacks filled in."""
        for name, text in self.files.items():
            for place, value in places.items():
                text = text.replace(f"@{place}@", value)
            if name == MAIN:
                name = FILES[self.section]
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(_notebook(text) if name.endswith(".ipynb") else text)


def _notebook(code: str) -> str:
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]})


def _read(path: Path) -> Attack:
    files = (
        {MAIN: path.read_text()}
        if path.is_file()
        else {
            # No test runner may take these for its own (a conftest.py!).
            file.relative_to(path).as_posix().removesuffix(".txt"): file.read_text()
            for file in sorted(path.rglob("*.py*"))
            if file.suffix in (".py", ".txt")
        }
    )
    described = ast.get_docstring(ast.parse(files[MAIN]))
    assert described is not None, f"{path} does not say what it tries"
    text, _, declared = described.partition("\n\n")
    match = _DECLARED.fullmatch(declared.strip())
    assert match is not None, f"{path} does not declare its row and honest points"
    more = dict(_MORE.findall(match["more"]))
    return Attack(
        path.stem.replace("_", "-"),
        " ".join(text.split()),
        int(match["row"]),
        float(match["honest"]),
        more.get("Section", "layers"),
        frozenset(more.get("Passes", "").split(", ")) - {""},
        frozenset(more.get("Not run under", "").split(", ")) - {""},
        files,
    )


def attacks() -> list[Attack]:
    """All of them, by kind and name."""
    found = [_read(path) for path in SUBMISSIONS.iterdir() if path.suffix == ".py" or (path / MAIN).is_file()]
    return sorted(found, key=lambda attack: (attack.row, attack.name))
