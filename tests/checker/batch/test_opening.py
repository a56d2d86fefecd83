"""One submission, as a folder or an archive."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.batch.opening import opened
from checker.errors import RequestError


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    """Nothing is copied."""
    with opened(tmp_path) as submission:
        assert (submission.folder, submission.archive, submission.problems) == (tmp_path, None, ())


def test_an_archive_is_unpacked_for_a_while(tmp_path: Path) -> None:
    """Zip or tar; afterwards nothing is left."""
    (tmp_path / "toy.py").write_text("right = True")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.write(tmp_path / "toy.py", "homework/toy.py")
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "toy.py", "homework/toy.py")
    for name in ("a.zip", "b.tar.gz"):
        with opened(tmp_path / name) as submission:
            assert submission.archive == tmp_path / name
            assert [path.read_text() for path in submission.folder.rglob("toy.py")] == ["right = True"]
        assert not submission.folder.exists()


def test_a_folder_around_an_archive_is_opened(tmp_path: Path) -> None:
    """As a platform gives it; where the files lie openly, what else lies there stays closed."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("homework/toy.py", "right = True")
    with opened(tmp_path, ["toy.py"]) as submission:
        assert submission.archive == tmp_path / "a.zip"
        assert [path.read_text() for path in submission.folder.rglob("toy.py")] == ["right = True"]

    (tmp_path / "toy.py").write_text("open = True")
    with opened(tmp_path, ["toy.py"]) as submission:
        assert (submission.folder, submission.archive) == (tmp_path, None)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "there is no submission at"),
        (lambda path: path.write_text("x"), "neither a folder nor an archive that can be graded"),
        (lambda path: path.write_bytes(b"PK\x03\x04 and nothing more"), "neither a folder nor an archive"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "neither a folder nor an archive"),
    ],
)
def test_what_cannot_be_opened(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    """One sentence."""
    make(tmp_path / "submission")

    with pytest.raises(RequestError, match=words), opened(tmp_path / "submission"):
        pytest.fail("it was opened")
