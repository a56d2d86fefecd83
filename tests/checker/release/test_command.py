"""The command: an archive, what to set on the platform, and clear sentences for wrong requests."""

from __future__ import annotations

import argparse
import stat
import zipfile

import pytest

from checker import assignment as assignments
from checker.errors import RequestError
from checker.release import command

NAME = assignments.names()[0]


def _run(*words) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    options = parser.parse_args(["release", *map(str, words)])
    return options.run(options)


def test_writes_an_archive(tmp_path, capsys):
    """Scripts at its root; the maximum to set is printed."""
    path = tmp_path / "autograder.zip"
    assert _run(NAME, "--gradescope", "--output", path) == 0

    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert {"setup.sh", "run_autograder", "constraints.txt", "release.json", "checker/cli.py"} <= {*names}
        assert "seed.txt" not in names
        assert b'"secret": false' in archive.read("release.json")
    assert f"autograder points: {assignments.load(NAME).max_points:g};" in capsys.readouterr().out


def test_a_secret_seed_is_in_its_own_file_alone(tmp_path, capsys):
    """Readable to its owner, the archive, too."""
    (tmp_path / "seed").write_text("words that nobody knows")
    path = tmp_path / "autograder.zip"
    _run(NAME, "--gradescope", "--output", path, "--seed-file", tmp_path / "seed")

    with zipfile.ZipFile(path) as archive:
        holding = [info for info in archive.infolist() if b"words that nobody knows" in archive.read(info)]
    assert [(info.filename, stat.S_IMODE(info.external_attr >> 16)) for info in holding] == [("seed.txt", 0o600)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "secret seed" in capsys.readouterr().out


def test_policies_come_along(tmp_path, capsys):
    """What they leave open is said."""
    (tmp_path / "course.toml").write_text(f'[assignments.{NAME}]\nlate = {{ per = "1 day", penalty = 1 }}\n')
    _run(NAME, "--gradescope", "--output", tmp_path / "a.zip", "--course", tmp_path / "course.toml")

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert b'"course": true' in archive.read("release.json")
        assert "course.toml" in archive.namelist()
    assert "nothing is late" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing", "--output", "{folder}/a.zip"], "no assignment"),
        ([NAME, "--output", "{folder}/no/a.zip"], "does not exist"),
        ([NAME, "--output", "{folder}"], "cannot be written"),
        ([NAME, "--output", "{folder}/a.zip", "--seed-file", "{folder}/none"], "seed file"),
        ([NAME, "--output", "{folder}/a.zip", "--course", "{folder}/none"], "none"),
    ],
)
def test_wrong_requests(tmp_path, words, said):
    """Nothing is written."""
    with pytest.raises(RequestError, match=said):
        _run(*(word.format(folder=tmp_path) for word in words), "--gradescope")

    assert not list(tmp_path.iterdir())
