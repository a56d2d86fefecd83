"""Plain text: nothing of what students wrote has a meaning for a program that reads it."""

from __future__ import annotations

import re
import unicodedata

import pytest

from checker.errors import RequestError
from checker.report import plain_text
from tests.checker.exports.evil import EVIL

evil = pytest.mark.parametrize("text", EVIL.values(), ids=EVIL)


@evil
def test_clean_text_steers_nothing(text):
    """Only line feeds and tabs are left of what is no visible character; it is valid UTF-8."""
    cleaned = plain_text.clean(text)

    assert not {char for char in cleaned if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n", "\t"}
    cleaned.encode()


def test_clean_text_keeps_what_is_harmless():
    """Words in any script and the layout of lines stay; Windows line ends become Unix ones."""
    assert plain_text.clean("naïve 深層 \tπ\r\nnext") == "naïve 深層 \tπ\nnext"


@evil
def test_cells_are_no_formulas(text):
    """Neither the cell nor a part of it after a semicolon begins like a formula."""
    for part in plain_text.cell(text).split(";"):
        assert not re.match(r"[\s\"']*[=+\-@\uff1d\uff0b\uff0d\uff20]", part) or part.startswith("'")
    assert not re.search("[\n\r\t]", plain_text.cell(text))


def test_harmless_cells_stay():
    """A name is not changed."""
    assert plain_text.cell("Lovelace, Ada-Marie") == "Lovelace, Ada-Marie"


@evil
def test_markdown_has_no_syntax_left(text):
    """What is left of punctuation are entities of numbers."""
    for made in (
        plain_text.markdown(text),
        plain_text.markdown_block(text).removeprefix("<pre>").removesuffix("</pre>"),
    ):
        assert re.fullmatch(r"(&#\d+;|[^!-/:-@\[-`{-~\n])*", made)


@evil
def test_values_of_commands_stay_in_their_line(text):
    """Data have no line end, properties also no separator."""
    assert not re.search("[\r\n]|%(?!25|0A|0D)", plain_text.actions_data(text))
    assert not re.search("[\r\n:,]|%(?!25|3A|2C)", plain_text.actions_property(text))


def test_cut_keeps_both_ends():
    """The middle goes, and it says how much."""
    made = plain_text.cut("a" * 60 + "b" * 60, 40)

    assert made == "a" * 20 + "\n[80 bytes are left out here]\n" + "b" * 20
    assert plain_text.cut("short", 40) == "short"


def test_numbers_are_numbers():
    """Whole numbers without a point, no noise, and no NaN in any file."""
    assert [plain_text.shown(value) for value in (3.0, 0.1 + 0.2, -0.0)] == ["3", "0.3", "0"]
    for value in (float("nan"), float("inf")):
        with pytest.raises(RequestError, match="not a number"):
            plain_text.number(value)
