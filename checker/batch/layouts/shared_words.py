"""What names made of an assignment and a student have in common."""

from __future__ import annotations

from collections.abc import Collection


def shared_words(names: Collection[str], separator: str) -> int:
    """How many first words all names share, leaving each at least one; of a single name, all but the last."""
    split = [name.split(separator) for name in names]
    most = min(len(words) for words in split) - 1
    count = 0
    while count < most and len({words[count] for words in split}) == 1:
        count += 1
    return count
