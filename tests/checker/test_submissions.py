"""A homework's files are found wherever they lie, and only they are staged."""

from pathlib import Path

import pytest

from checker.submissions import find, stage


def _write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")


@pytest.mark.parametrize("place", ["layers.py", "top/layers.py", "a/b/neuralnet/layers.py", "neuralnet/layers.py"])
def test_found_where_it_lies(tmp_path, place):
    """Flat, nested or at its place: one candidate is found."""
    _write(tmp_path, place, "other.py")

    assert find(tmp_path, ["neuralnet/layers.py"]).paths == {"neuralnet/layers.py": tmp_path / place}


def test_longer_common_path_wins(tmp_path):
    """Of two files of the same name the one in the right folder is taken."""
    _write(tmp_path, "x/modules/linear.py", "x/models/linear.py")

    assert find(tmp_path, ["modules/linear.py"]).paths["modules/linear.py"] == tmp_path / "x/modules/linear.py"


def test_ambiguous_is_said_not_guessed(tmp_path):
    """Two equally good candidates are listed."""
    _write(tmp_path, "a/layers.py", "b/layers.py")
    found = find(tmp_path, ["layers.py"])

    assert found.paths == {}
    assert "a/layers.py, b/layers.py" in found.problems["layers.py"]


@pytest.mark.parametrize("place", ["layers (1).py", "layers-2.py", "top/layers(3).py", "Layers.py", "LAYERS-1.py"])
def test_a_file_under_a_name_that_a_computer_made_of_it_is_taken_and_told(tmp_path, place):
    """Browsers number what is uploaded again; some file systems do not care about upper and lower case."""
    _write(tmp_path, place, "mylayers.py", "layers1.py")
    found = find(tmp_path, ["neuralnet/layers.py"])

    assert found.paths == {"neuralnet/layers.py": tmp_path / place}
    assert found.notes == (f"{place} was taken for neuralnet/layers.py",)


def test_the_very_name_counts_before_one_like_it(tmp_path):
    """An older upload beside the file is no second candidate; two like it without the file are."""
    _write(tmp_path, "a/layers.py", "layers (1).py")
    assert find(tmp_path, ["layers.py"]).paths == {"layers.py": tmp_path / "a/layers.py"}

    (tmp_path / "a/layers.py").rename(tmp_path / "layers-2.py")
    found = find(tmp_path, ["layers.py"])
    assert (found.paths, found.notes) == ({}, ())
    assert "layers (1).py, layers-2.py" in found.problems["layers.py"]


def test_missing_is_named(tmp_path):
    """A missing file is one sentence."""
    assert find(tmp_path, ["layers.py"]).problems == {"layers.py": "layers.py is missing from the submission"}


def test_caches_links_and_environments_are_ignored(tmp_path):
    """Nothing is taken from hidden folders, environments, caches or through links."""
    _write(tmp_path, "__pycache__/layers.py", ".git/layers.py", "venv/layers.py", "__MACOSX/layers.py")
    (tmp_path / "layers.py").symlink_to("/etc/hostname")

    assert "layers.py" in find(tmp_path, ["layers.py"]).problems


def test_stage_brings_the_layout_and_the_students_own_modules(tmp_path):
    """Found files go to their place, with the Python files beside them; nothing else comes along."""
    _write(tmp_path, "sub/layers.py", "sub/own.py", "sub/deep/more.py", "sub/notes.txt", "sub/secret.pyc")
    found = find(tmp_path, ["neuralnet/layers.py"])
    stage(found, ["neuralnet/layers.py"], "neuralnet", tmp_path / "stage")
    staged = {
        path.relative_to(tmp_path / "stage").as_posix() for path in (tmp_path / "stage").rglob("*") if path.is_file()
    }

    assert staged == {"neuralnet/layers.py", "neuralnet/own.py", "neuralnet/deep/more.py"}


def test_attachments_come_along_without_their_neighbours(tmp_path):
    """Saved weights that are asked for are staged; other files beside them are not."""
    _write(tmp_path, "deep/net.py", "deep/net.model", "deep/other.model", "deep/data.npy")
    found = find(tmp_path, ["net.py", "net.model"])
    stage(found, ["net.py", "net.model"], "", tmp_path / "stage")

    assert {path.name for path in (tmp_path / "stage").iterdir()} == {"net.py", "net.model"}
