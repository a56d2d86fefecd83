"""``checker data`` from the outside."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from checker.datasets import command
from checker.errors import RequestError


def _run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    options = parser.parse_args(["data", *map(str, arguments)])
    return int(options.run(options))


@pytest.fixture
def known(monkeypatch, fashion, cifar):
    """The command knows the few-image sets, which no network has."""
    sets = {published.data_set.name: published for published in (fashion, cifar)}
    for name, published in sets.items():
        monkeypatch.setitem(command.CATALOGUE, name, published.at("http://127.0.0.1:1/"))
    return sets


def test_prepares_and_lists(known, tmp_path, capsys):
    """Every set asked for is prepared once, said in a line, and listed."""
    source = known["fashion-mnist"].write(tmp_path / "source")
    known["cifar10"].write(source)
    cache = tmp_path / "cache"

    assert _run("--source", source, "--cache", cache) == 0
    said = capsys.readouterr()
    assert f"fashion-mnist: ready in {cache}/fashion-mnist" in said.out
    assert f"cifar10: ready in {cache}/cifar10" in said.out
    assert "preparing CIFAR-10" in said.err
    assert _run("fashion-mnist", "--cache", cache) == 0
    assert _run("--list", "--cache", cache) == 0
    assert f"fashion-mnist: Fashion-MNIST, from {source}" in capsys.readouterr().out


def test_lists_what_is_missing(tmp_path, capsys):
    """With the command that prepares it; nothing is written."""
    assert _run("--list", "--cache", tmp_path / "cache") == 0
    said = capsys.readouterr().out

    assert "`checker data cifar10`" in said
    assert "small: 5000 + 1000 images" in said
    assert not (tmp_path / "cache").exists()


def test_one_that_fails_does_not_keep_the_other_back(known, tmp_path, capsys):
    """What can be prepared is; the rest is one sentence."""
    source = known["fashion-mnist"].write(tmp_path / "source")

    with pytest.raises(RequestError, match=r"^CIFAR-10 could not be downloaded .*--source"):
        _run("--source", source, "--cache", tmp_path / "cache")
    said = capsys.readouterr()
    assert "fashion-mnist: ready" in said.out
    assert "holds no file of CIFAR-10" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mnist"], "there is no data set 'mnist': there are fashion-mnist and cifar10"),
        (["cifar10", "--source", "/nowhere"], "there is no folder /nowhere"),
        (["fashion-mnist", "--cache", "/dev/null/cache"], "Fashion-MNIST cannot be put into /dev/null/cache"),
    ],
)
def test_wrong_requests(arguments, message):
    """One sentence each."""
    with pytest.raises(RequestError, match=message):
        _run(*arguments)


def test_the_cache_folder_of_the_environment(known, tmp_path, monkeypatch):
    """$CHECKER_DATA is where things go."""
    monkeypatch.setenv("CHECKER_DATA", str(tmp_path / "there"))
    source: Path = known["fashion-mnist"].write(tmp_path / "source")

    assert _run("fashion-mnist", "--source", source) == 0
    assert (tmp_path / "there/fashion-mnist/set.json").is_file()
