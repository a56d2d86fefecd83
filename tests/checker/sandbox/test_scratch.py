"""Temporary folders of dead graders are removed, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from checker.sandbox import scratch
from checker.sandbox.scratch import MARKER, PREFIX, Scratch, clean

GRADER = """
import sys, tempfile, time
from checker.sandbox.scratch import Scratch
tempfile.tempdir = sys.argv[1]
made = Scratch("process")
(made.path / "file").write_text("left")
print(made.path, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    clean.cache_clear()


def killed_grader(temporary: Path) -> Path:
    """The folder that a grader left which was killed."""
    grader = subprocess.Popen([sys.executable, "-c", GRADER, str(temporary)], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    folder = Path(grader.stdout.readline().strip())
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    return folder


def test_a_folder_is_gone_after_use() -> None:
    made = Scratch("stage")
    assert made.path.stat().st_mode & 0o777 == 0o700
    (made.path / "inside").mkdir(mode=0)
    made.remove()
    made.remove()
    assert not made.path.exists()


def test_folders_of_a_killed_grader_are_removed_by_the_next(tmp_path: Path) -> None:
    left = killed_grader(tmp_path)
    assert (left / "file").read_text() == "left"
    made = Scratch("stage")
    assert not left.exists() and made.path.exists()
    made.remove()


def test_folders_of_a_living_grader_stay(tmp_path: Path) -> None:
    grader = subprocess.Popen([sys.executable, "-c", GRADER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    folder = Path(grader.stdout.readline().strip())
    try:
        clean(str(tmp_path))
        assert (folder / "file").exists()
    finally:
        grader.kill()
        grader.wait()
        grader.stdout.close()


def test_folders_of_others_stay(tmp_path: Path) -> None:
    """Without our marker, with one of another content, with a marker that is a link or a pipe, or with another name."""
    left = killed_grader(tmp_path)
    marker = (left / MARKER).read_bytes()
    folders = {name: tmp_path / f"{PREFIX}{name}" for name in ("none", "other", "link", "pipe")}
    folders["unlike"] = tmp_path / "unlike"
    for folder in folders.values():
        folder.mkdir()
    (folders["other"] / MARKER).write_bytes(b"something else\n")
    (folders["link"] / MARKER).symlink_to(left / MARKER)
    os.mkfifo(folders["pipe"] / MARKER)
    (folders["unlike"] / MARKER).write_bytes(marker)
    (tmp_path / f"{PREFIX}to").symlink_to(folders["unlike"])
    (tmp_path / f"{PREFIX}file").touch()
    clean(str(tmp_path))
    assert all(folder.exists() for folder in folders.values())
    assert (tmp_path / f"{PREFIX}to").is_symlink() and (tmp_path / f"{PREFIX}file").exists()
    assert not left.exists()


def test_folders_of_another_user_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = killed_grader(tmp_path)
    own = os.geteuid()
    monkeypatch.setattr(scratch.os, "geteuid", lambda: own + 1)
    clean(str(tmp_path))
    assert left.exists()


def test_links_in_what_is_removed_are_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    left = killed_grader(tmp_path)
    (left / "out").symlink_to(kept)
    (left / "closed").mkdir()
    (left / "closed" / "out").symlink_to(kept)
    (left / "closed").chmod(0)
    clean(str(tmp_path))
    assert not left.exists() and (kept / "file").exists()


def test_a_temporary_folder_that_cannot_be_read_holds_up_nothing(tmp_path: Path) -> None:
    clean(str(tmp_path / "missing"))
