"""Names that others wrote: where an entry of that name may go, and how it is shown."""

from __future__ import annotations

import os
import re
import unicodedata

LONGEST_SHOWN = 120
CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JUNK = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "Icon\r"}
_DRIVE = re.compile(r"[A-Za-z]:")


class EscapingNameError(ValueError):
    """The name leads out of the folder, or tries to; the text goes on after the name."""


class UnusableNameError(ValueError):
    """There can be no file of that name here; the text goes on after the name."""


def components(name: str, path_bytes: int, depth: int) -> tuple[str, ...]:
    """The components of an entry's name, composed (NFC); slashes and backslashes separate, as Windows packs them.

    EscapingNameError for absolute paths, drive letters, ``..`` and NUL; UnusableNameError for control characters and
    for what is too long or too deep.
    """
    if "\0" in name:
        raise EscapingNameError("has a NUL character in its name")
    text = unicodedata.normalize("NFC", decoded(name)).replace("\\", "/")
    if text.startswith("/") or _DRIVE.match(text):
        raise EscapingNameError("is an absolute path")
    parts = tuple(part for part in text.split("/") if part not in ("", "."))
    if ".." in parts:
        raise EscapingNameError("leads out of its folder")
    if any(unicodedata.category(character) in CONTROL for character in text) and not is_junk(parts):
        raise UnusableNameError("has control characters in its name")
    if len(os.fsencode(text)) > path_bytes or any(len(os.fsencode(part)) > 255 for part in parts):
        raise UnusableNameError("has too long a name")
    if len(parts) > depth:
        raise UnusableNameError(f"lies more than {depth} folders deep")
    return parts


def decoded(name: str) -> str:
    """A name whose bytes are no UTF-8 (they arrive as lone surrogates) read as Latin-1 instead."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape" if _only_escapes(name) else "replace").decode("latin-1")
    return name


def _only_escapes(name: str) -> bool:
    return all(0xDC80 <= ord(character) <= 0xDCFF for character in name if 0xD800 <= ord(character) <= 0xDFFF)


def is_junk(parts: tuple[str, ...]) -> bool:
    """Whether it is what operating systems leave behind, and nobody handed in on purpose."""
    return any(part in _JUNK or part.startswith("._") for part in parts)


def folded(part: str) -> str:
    """What two names have in common that some file system takes for the same."""
    return unicodedata.normalize("NFC", part.casefold())


def shown(name: str) -> str:
    """A name in a sentence: one line, nothing that steers a terminal or turns text around, not too long."""
    text = "".join(_shown(character) for character in unicodedata.normalize("NFC", name))
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
