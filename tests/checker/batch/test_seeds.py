"""Secret seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.batch.seeds import LARGEST, secret_seed
from checker.errors import RequestError


def test_the_content_decides(tmp_path: Path) -> None:
    """White space at the ends does not; another content gives another seed, too large to be guessed."""
    seeds = []
    for number, content in enumerate(("wind in the reeds", "wind in the reeds\r\n", "wind in the weeds")):
        path = tmp_path / str(number)
        path.write_text(content)
        seeds.append(secret_seed(path))

    assert seeds[0] == seeds[1] != seeds[2]
    assert min(seeds) > 2**200


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (b" \n", "is empty"), (b"x" * (LARGEST + 1), "larger than 1 MB")]
)
def test_no_seed(tmp_path: Path, content: bytes | None, words: str) -> None:
    """One sentence each."""
    path = tmp_path / "seed"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(RequestError, match=words):
        secret_seed(path)
