"""Sheet: a CSV file of which some cells are filled and every other byte stays as it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from checker.errors import RequestError

LARGEST = 64 << 20
_BOM = "\ufeff"
_QUOTE = '"'


class Sheet:
    """The rows of a CSV file with commas, semicolons or tabs, as values; RequestError when it is none.

    The text of each cell is kept as it is written, quotes and all, because the csv module forgets how it was.
    """

    def __init__(self, path: Path) -> None:
        text = _read(path)
        self._bom = _BOM if text.startswith(_BOM) else ""
        text = text.removeprefix(_BOM)
        self.delimiter = _delimiter(text)
        self._raw, self._ends = _split(text, self.delimiter)
        self.rows = [[_value(cell) for cell in row] for row in self._raw]
        # The library decides what the file says: where it reads another table, the quotes are not to be trusted.
        if [row for row in self.rows if row != [""]] != _parsed(text, self.delimiter):
            raise RequestError(f"{path} has quotes inside of cells that are not doubled: export it again")

    def fill(self, row: int, column: int, text: str) -> None:
        """Put text into a cell."""
        raw = self._raw[row]
        raw += [""] * (column + 1 - len(raw))
        special = (self.delimiter, _QUOTE, "\r", "\n")
        # A cell that was in quotes stays in quotes.
        quoted = raw[column].startswith(_QUOTE) or any(char in text for char in special)
        raw[column] = f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if quoted else text
        self.rows[row] = [_value(cell) for cell in raw]

    def value(self, row: int, column: int | None) -> str:
        """The text of a cell without blanks around it, "" when there is no such cell."""
        cells = self.rows[row]
        return cells[column].strip() if column is not None and column < len(cells) else ""

    def content(self) -> bytes:
        """The file's bytes."""
        lines = (self.delimiter.join(row) + end for row, end in zip(self._raw, self._ends, strict=True))
        return (self._bom + "".join(lines)).encode()


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise RequestError(f"{path} is larger than {LARGEST >> 20} MB, which no class's sheet is")
        text = path.read_bytes().decode()
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RequestError(f"{path} is not in UTF-8: save it as `CSV UTF-8`, or export it again") from None
    if not text.strip():
        raise RequestError(f"{path} is empty: export it again")
    return text


def _delimiter(text: str) -> str:
    header = next(line for line in text.splitlines() if line.strip())
    return max(",;\t", key=header.count)


def _split(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    """The cells of each row as they are written, and the line end of each row."""
    rows: list[list[str]] = []
    ends: list[str] = []
    row: list[str] = []
    start = position = 0
    quoted = False
    while position < len(text):
        char = text[position]
        if char == _QUOTE and (quoted or position == start):
            quoted = not quoted
            # A doubled quote goes on with the same cell.
            if not quoted and text[position + 1 : position + 2] == _QUOTE:
                quoted = True
                position += 1
        elif not quoted and char == delimiter:
            row.append(text[start:position])
            start = position + 1
        elif not quoted and char in "\r\n":
            end = "\r\n" if text[position : position + 2] == "\r\n" else char
            rows.append([*row, text[start:position]])
            ends.append(end)
            position += len(end) - 1
            row, start = [], position + 1
        position += 1
    if row or start < len(text):
        rows.append([*row, text[start:]])
        ends.append("")
    return rows, ends


def _value(raw: str) -> str:
    if len(raw) > 1 and raw.startswith(_QUOTE) and raw.endswith(_QUOTE):
        return raw[1:-1].replace(_QUOTE * 2, _QUOTE)
    return raw


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(LARGEST)
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row not in ([], [""])]
    except csv.Error:
        return []
