"""Keys of submissions: readable names of folders, unique in a class and the same in every run."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

LONGEST = 80
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
# The folder of the grades has files of its own beside one folder per submission.
_RESERVED = re.compile(r"\.(csv|json|jsonl|txt|html|xml|zip|toml|lock)$", re.IGNORECASE)


def keys(labels: Sequence[tuple[str, str]]) -> list[str]:
    """A key for each pair of a label and what tells the submission apart when labels are alike.

    ASCII letters, digits and ``._+-``; the order of the pairs does not matter.
    """
    wanted = [_safe(label, source) for label, source in labels]
    often = Counter(key.casefold() for key in wanted)
    return [
        key if often[key.casefold()] == 1 else f"{key}-{_mark(f'{label}/{source}')}"
        for key, (label, source) in zip(wanted, labels, strict=True)
    ]


def _safe(label: str, source: str) -> str:
    composed = unicodedata.normalize("NFC", label)
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(character)
    )
    key = _UNSAFE.sub("-", plain).strip("-.")
    # Letters that have no ASCII likeness are lost: what they were goes into the mark.
    lost = any(character.isalnum() and not character.isascii() for character in plain)
    if lost or not key or len(key) > LONGEST or _RESERVED.search(key):
        key = f"{key[:LONGEST].rstrip('-.') or 'submission'}-{_mark(composed or source)}"
    return key


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]
