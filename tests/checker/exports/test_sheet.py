"""Sheet: filling a cell changes that cell alone, byte for byte."""

from __future__ import annotations

import csv
import io

import pytest

from checker.errors import RequestError
from checker.exports.sheet import Sheet

SHEETS = {
    "plain": "Student,ID,Grade\nAda,1,\nBob,2,3\n",
    "no line end at the end": "Student,ID,Grade\nAda,1,\nBob,2,3",
    "Windows line ends": "Student,ID,Grade\r\nAda,1,\r\nBob,2,3\r\n",
    "mixed line ends": "Student,ID,Grade\r\nAda,1,\nBob,2,3\r\n",
    "byte order mark": "\ufeffStudent,ID,Grade\nAda,1,\nBob,2,3\n",
    "semicolons": 'Student;ID;Grade\n"Love, Ada";1;\nBob;2;"3,5"\n',
    "needless quotes": '"Student","ID","Grade"\n"Ada","1",""\n"Bob","2","3"\n',
    "line ends and quotes in cells": 'Student,ID,Grade\n"Ada ""the\nfirst"", L",1,\n"Bob\r\n",2,3\n',
    "blanks": "Student , ID,Grade\n  Ada ,1 ,\n,2,  3\n",
    "empty lines": "Student,ID,Grade\n\nAda,1,\n\n\nBob,2,3\n\n",
    "short rows": "Student,ID,Grade\nAda\nBob,2,3,4,5\n",
    "formulas": "Student,ID,Grade\n=1+1,1,\n@x,2,-3\n",
}


@pytest.fixture
def sheet(tmp_path):
    """Makes a sheet from text."""

    def make(text: str) -> Sheet:
        path = tmp_path / "sheet.csv"
        path.write_bytes(text.encode())
        return Sheet(path)

    return make


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
def test_untouched_sheets_keep_every_byte(sheet, text):
    """Reading and writing is the identity."""
    assert sheet(text).content() == text.encode()


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize("filled", ["7.5", 'a "b", c; d\ne'])
def test_only_the_filled_cell_changes(sheet, text, filled):
    """The csv module reads the same table before and after, but for one cell."""
    made = sheet(text)
    before = [list(row) for row in made.rows]
    place = next(number for number, row in enumerate(before) if row[:1] and "Ada" in row[0]) if "Ada" in text else 1
    made.fill(place, 2, filled)
    source = io.StringIO(made.content().decode().removeprefix("\ufeff"), newline="")
    after = list(csv.reader(source, delimiter=made.delimiter))

    before[place] += [""] * (3 - len(before[place]))
    before[place][2] = filled
    assert after == [row if row != [""] else [] for row in before]


def test_cells_in_quotes_stay_in_quotes(sheet):
    """So the file looks as the platform wrote it."""
    made = sheet('"Student","ID","Grade"\n"Ada","1",""\n')
    made.fill(1, 2, "7")

    assert made.content() == b'"Student","ID","Grade"\n"Ada","1","7"\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"\n\n", "is empty"), (b"Name,ID\ncaf\xe9,1\n", "UTF-8"), (b'a,b\n"x"y,"1\n', "not doubled")],
)
def test_unreadable_files_are_refused(tmp_path, content, said):
    """One sentence says what to do."""
    path = tmp_path / "sheet.csv"
    path.write_bytes(content)

    with pytest.raises(RequestError, match=said):
        Sheet(path)


def test_a_missing_file_is_refused(tmp_path):
    """By name."""
    with pytest.raises(RequestError, match=r"nothing\.csv cannot be read"):
        Sheet(tmp_path / "nothing.csv")
