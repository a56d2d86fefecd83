"""What a folder takes up is told however it looks."""

from __future__ import annotations

from pathlib import Path

from checker.sandbox.disk import used


def test_files_of_all_depths_count(tmp_path: Path) -> None:
    before = used(tmp_path)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"x" * (1 << 20))
    assert used(tmp_path) - before >= 1 << 20


def test_links_do_not_count_for_what_they_point_to(tmp_path: Path) -> None:
    large, folder = tmp_path / "large", tmp_path / "folder"
    large.write_bytes(b"x" * (1 << 20))
    folder.mkdir()
    (folder / "link").symlink_to(large)
    assert used(folder) < 1 << 20


def test_what_is_not_there_takes_up_nothing(tmp_path: Path) -> None:
    assert used(tmp_path / "missing") == 0
