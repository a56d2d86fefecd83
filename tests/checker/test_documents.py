"""Write-ups are counted, and bad ones are said to be so."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfWriter

from checker.documents import extent


def test_words_of_a_text(tmp_path: Path) -> None:
    """Words are what blanks separate."""
    path = tmp_path / "review.md"
    path.write_text("# A title\n\nthree words more\n")

    assert extent(path).words == 6
    assert extent(path).pages is None


def test_pages_of_a_pdf(tmp_path: Path) -> None:
    """A PDF has pages."""
    path = tmp_path / "report.pdf"
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_blank_page(100, 100)
    writer.write(path)

    assert (extent(path).pages, extent(path).words, extent(path).problem) == (2, 0, "")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("report.pdf", b"no PDF at all", "not a readable PDF"),
        ("report.pdf", b"", "not a readable PDF"),
        ("report.docx", b"PK", "neither a text nor a PDF"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """One phrase instead of an exception."""
    path = tmp_path / name
    path.write_bytes(content)

    assert words in extent(path).problem


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    """A broken link is no crash."""
    assert extent(tmp_path / "gone.txt").problem
