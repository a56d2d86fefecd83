"""Plain text: what students wrote and printed, made harmless for each kind of file that it is put into."""

from __future__ import annotations

import math
import re

from checker.errors import RequestError
from checker.report.terminal import printable

# What a spreadsheet takes for a formula, in the forms of East Asian keyboards, too.
_FORMULA = re.compile(r"[-=+@\uff1d\uff0b\uff0d\uff20]")
# Neither Markdown nor HTML has a meaning without one of these.
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def clean(text: str) -> str:
    """Text with Unix line ends in which nothing steers a terminal or reorders a line: that is spelled out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(printable(line) for line in lines)


def one_line(text: str, most: int = 1000) -> str:
    """Clean text in one line of at most that many characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= most else f"{line[: max(most - 4, 0)]} ..."


def cut(text: str, most: int) -> str:
    """The beginning and the end of a text, of at most about that many bytes in UTF-8."""
    content = text.encode(errors="backslashreplace")
    if len(content) <= most:
        return content.decode()
    head, tail = content[: most // 2], content[-(most // 2) :]
    left_out = len(content) - len(head) - len(tail)
    return f"{head.decode(errors='ignore')}\n[{left_out} bytes are left out here]\n{tail.decode(errors='ignore')}"


def cell(text: str) -> str:
    """Text for a cell of a CSV file that no spreadsheet takes for a formula.

    A program that expects semicolons splits a cell at them, so what follows one is disarmed as well.
    """
    return ";".join(_disarmed(part) for part in one_line(text).split(";"))


def _disarmed(text: str) -> str:
    start = len(text) - len(text.lstrip(" '\""))
    return f"'{text}" if _FORMULA.match(text, start) else text


def markdown(text: str) -> str:
    """Text for a line of GitHub's Markdown, also in a table: it is shown as it stands and links to nothing."""
    return _entities(one_line(text))


def markdown_block(text: str) -> str:
    """Text of several lines for Markdown, set as it stands in one element of HTML that no line of it can leave."""
    # One line of source: a blank line would end the block in a list or a table.
    return f"<pre>{'&#10;'.join(_entities(line) for line in clean(text).split(chr(10)))}</pre>"


def _entities(text: str) -> str:
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", text)


def actions_data(text: str) -> str:
    """The message of a workflow command of GitHub Actions."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def actions_property(text: str) -> str:
    """The value of a property of a workflow command of GitHub Actions."""
    return actions_data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def without_commands(text: str) -> str:
    """Clean text in which no program that prints it finds a workflow command of GitHub Actions."""
    return re.sub(r":(?=:)", ": ", clean(text)).replace("##[", "## [")


def number(value: float) -> float | int:
    """Points as they stand in a file: finite, without noise of rounding; RequestError otherwise."""
    if not math.isfinite(value):
        raise RequestError(f"points of {value} are not a number: grade this submission again")
    rounded = round(value, 6)
    return int(rounded) if float(rounded).is_integer() else rounded


def shown(value: float) -> str:
    """Points as text."""
    return str(number(value))
