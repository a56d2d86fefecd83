"""What a notebook's outputs claim about pictures: the class that a network predicted, and the true one.

People print this in many ways; read are lines, or two that follow each other, with a word for each of the two classes:
``predicted: tabby, true: lynx``. A class is named by one of its names or by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from checker.assignment import PROJECT

CLASSES = tuple((PROJECT / "student/backprop/imagenet_classes.txt").read_text(encoding="utf-8").splitlines())
"""The names of ImageNet's 1000 classes; a few stand for two of them."""

_ELSEWHERE = {"crane": (134, 517), "maillot": (638, 639)}
"""Names that other lists have for two classes."""

_KEYWORD = re.compile(
    r"\b(?P<predicted>(?:mis|wrongly |rightly |correctly )?classified as|predict\w*|guess\w*|output class)\b"
    # "correct: True" says nothing about a class.
    r"|(?<![:=])(?<![:=] )\b(?P<true>true|truth|actual\w*|ground[ _-]?truth|correct|real)\b",
    re.IGNORECASE,
)
_FILE = r"[^\s\"'()\[\]{},:;=|/\\]+\.(?:png|jpe?g|webp|bmp|gif|tiff?)\b"
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?![\w%]|\.\d|\s*%)")
_FILLER = re.compile(r"\b(?:class|label|is|for|of|the)\b", re.IGNORECASE)
_LONGEST = 2000


@dataclass(frozen=True)
class Claim:
    """One picture's classes, as the numbers that the words may stand for; no numbers for a class that is none of them.

    ``words`` is what was read; ``file`` the name of the picture ("" when it is not told).
    """

    predicted: frozenset[int]
    true: frozenset[int]
    file: str
    words: str

    @property
    def right(self) -> bool:
        """Whether the picture is claimed to be classified rightly."""
        return bool(self.predicted & self.true)

    @property
    def wrong(self) -> bool:
        """Whether the picture is claimed to be classified wrongly."""
        return bool(self.true) and not self.right


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.lower()).strip()


def _numbered() -> Mapping[str, frozenset[int]]:
    numbers: dict[str, set[int]] = {}
    for number, name in enumerate(CLASSES):
        numbers.setdefault(_plain(name), set()).add(number)
    for name, both in _ELSEWHERE.items():
        numbers[name].update(both)
    return {name: frozenset(found) for name, found in numbers.items()}


_NUMBERS = _numbered()
_NAME = re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True)) + r")(?!\w)")


def classes_in(text: str) -> frozenset[int]:
    """The numbers of the class that a text names first; several for a name that several classes have."""
    name = _NAME.search(_plain(text))
    numbers = frozenset(map(int, _NUMBER.findall(text)))
    if name is None:
        first = _NUMBER.search(text)
        return frozenset({int(first[0])}) if first else frozenset()
    found = _NUMBERS[name[0]]
    return found & numbers or found


def _files(handed_in: Sequence[str]) -> re.Pattern[str]:
    """Names of picture files: those that were handed in, which may have blanks, or what looks like one."""
    known = sorted(map(re.escape, handed_in), key=len, reverse=True)
    return re.compile("|".join([*known, _FILE]), re.IGNORECASE)


def _unfinished(line: str, files: re.Pattern[str]) -> bool:
    """Whether the value of the last keyword is still to come."""
    keywords = list(_KEYWORD.finditer(line))
    value = _FILLER.sub("", files.sub("", line[keywords[-1].end() :])) if keywords else "none"
    return not re.search(r"\w", value)


def _lines(text: str, files: re.Pattern[str]) -> Iterator[str]:
    """Lines, one that ends before its value with the one below it."""
    waiting = ""
    for below in text.splitlines():
        line = f"{waiting} {below}".strip()[:_LONGEST]
        waiting = line if _unfinished(line, files) else ""
        if not waiting:
            yield line


def _of_line(line: str, files: re.Pattern[str]) -> Iterator[dict[str, frozenset[int]]]:
    """The classes after each keyword, by kind; where a keyword follows both kinds, other classes begin."""
    # The file's name may be that of a class.
    line = files.sub(" ", line)
    found = list(_KEYWORD.finditer(line))
    here: dict[str, frozenset[int]] = {}
    for keyword, following in zip_longest(found, found[1:]):
        if here.get("predicted") and here.get("true"):
            yield here
            here = {}
        kind = keyword.lastgroup or ""
        value = line[keyword.end() : following.start() if following else len(line)]
        here[kind] = here.get(kind) or classes_in(value)
    if here:
        yield here


def _of_text(text: str, files: re.Pattern[str]) -> Iterator[Claim]:
    """The claims of one cell's outputs; those of a line first, else of lines that follow each other."""
    waiting: dict[str, frozenset[int]] = {}
    words, file = "", ""
    for line in _lines(text, files):
        named = files.findall(line)
        file = named[0] if named else file
        groups = list(_of_line(line, files))
        whole = [here for here in groups if here.get("predicted") and "true" in here]
        for number, here in enumerate(whole):
            of_its_own = named[number] if len(named) == len(whole) else file if len(whole) == 1 else ""
            yield Claim(here["predicted"], here["true"], of_its_own, line)
        if whole:
            waiting = {}
            continue
        for kind, classes in (item for here in groups for item in here.items()):
            if classes:
                waiting[kind], words = classes, f"{words}; {line}" if waiting else line
        if len(waiting) == 2:
            yield Claim(waiting["predicted"], waiting["true"], file, words)
            waiting = {}


def claims(cells: Sequence[Mapping[str, str]], handed_in: Sequence[str] = ()) -> list[Claim]:
    """All claims of a notebook, whose cells have a ``source`` and a ``text``, which is what they print.

    ``handed_in`` are the names of the picture files that came with it.
    """
    files = _files(handed_in)
    spelt = {name.lower(): name for name in handed_in}
    found = []
    for cell in cells:
        here = list(_of_text(cell["text"], files))
        named = list(dict.fromkeys(files.findall(cell["source"])))
        for number, claim in enumerate(here):
            # What a cell prints nothing about stands in its code.
            file = claim.file or (named[number] if len(named) == len(here) else "")
            found.append(replace(claim, file=spelt.get(file.lower(), file)))
    return found
