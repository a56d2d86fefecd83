"""Sets get into the cache from every place and layout, verified and whole."""

from __future__ import annotations

import dataclasses
import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from checker.datasets import cache_folder, layouts, prepared
from checker.datasets.preparation import prepare
from checker.errors import RequestError
from tests.checker.datasets.conftest import CLASSES, Published


def _prepare(data_set, tmp_path, source=None):
    told: list[str] = []
    ready = prepare(data_set, tmp_path / "cache", source, told.append, lambda *step: None)
    return ready, told


def _same(ready, published):
    for got, expected in ((ready.train, published.train), (ready.test, published.test)):
        np.testing.assert_array_equal(got.images, expected.images)
        np.testing.assert_array_equal(got.labels, expected.labels)
        assert (got.images.dtype, got.labels.dtype) == (np.uint8, np.int64)


def _packed(published: Published, folder: Path) -> None:
    published.write(folder)


def _raw(published: Published, folder: Path) -> None:
    (folder / "FashionMNIST" / "raw").mkdir(parents=True)
    for name, content in published.files.items():
        (folder / "FashionMNIST" / "raw" / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))


def _below_raw(published: Published, folder: Path) -> None:
    published.write(folder / "raw")


def _flat(published: Published, folder: Path) -> None:
    for name, content in published.files.items():
        (folder / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))


@pytest.mark.parametrize("lay_out", [_packed, _raw, _below_raw, _flat])
def test_fashion_from_a_folder(fashion, tmp_path, lay_out):
    """Packed, unpacked, and in torchvision's layout, above and below its folders."""
    source = tmp_path / "source"
    source.mkdir()
    lay_out(fashion, source)
    ready, _ = _prepare(fashion.data_set, tmp_path, source)

    _same(ready, fashion)
    assert ready.classes[9] == "Ankle boot"


@pytest.mark.parametrize("place", [".", "cifar-10-python.tar.gz", "unpacked", "unpacked/cifar-10-batches-py"])
def test_cifar_from_a_folder(cifar, tmp_path, place):
    """The archive, by itself or in a folder, and its folder, above and inside."""
    source = cifar.write(tmp_path / "source")
    layouts.write_cifar(source / "unpacked", cifar.train, cifar.test, CLASSES)
    ready, _ = _prepare(cifar.data_set, tmp_path, source / place)

    _same(ready, cifar)
    assert ready.classes == CLASSES


def test_the_version_does_not_depend_on_the_source(fashion, tmp_path):
    """The version is of the content."""
    (tmp_path / "flat").mkdir()
    _flat(fashion, tmp_path / "flat")
    versions = {
        _prepare(fashion.data_set, tmp_path / place, source)[0].version
        for place, source in (("a", fashion.write(tmp_path / "packed")), ("b", tmp_path / "flat"))
    }

    assert len(versions) == 1


def test_the_cache_comes_first_and_is_verified(fashion, tmp_path):
    """What is there is used without a source; damage is noticed and repaired from the next source."""
    source = fashion.write(tmp_path / "source")
    _prepare(fashion.data_set, tmp_path, source)
    ready, told = _prepare(fashion.data_set, tmp_path)
    assert not told

    file = tmp_path / "cache/fashion-mnist/FashionMNIST/raw/train-labels-idx1-ubyte"
    file.chmod(0o644)
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(RequestError, match="has changed since it was prepared"):
        _ = ready.train
    ready, told = _prepare(fashion.data_set, tmp_path, source)

    assert "damaged" in told[0]
    _same(ready, fashion)


def test_debians_package_is_a_source(fashion, tmp_path):
    """Without a folder the installed package is taken."""
    package = fashion.write(tmp_path / "package")
    ready, _ = _prepare(dataclasses.replace(fashion.data_set, package=str(package)), tmp_path)

    _same(ready, fashion)
    assert ready.source == "Debian's dataset-fashion-mnist"


def test_a_changed_file_is_refused(fashion, tmp_path):
    """One other pixel: the file is named, and the cache stays empty."""
    source = fashion.write(tmp_path / "source")
    content = bytearray(gzip.decompress(fashion.files["t10k-images-idx3-ubyte.gz"]))
    content[-1] ^= 1
    (source / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(bytes(content)))

    with pytest.raises(RequestError, match=r"t10k-images-idx3-ubyte\.gz is not the published file of Fashion-MNIST"):
        _prepare(fashion.data_set, tmp_path, source)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]


@pytest.mark.parametrize("broken", [lambda content: content[:-40], lambda content: b"<html>" + content])
def test_a_broken_file_is_refused(fashion, cifar, tmp_path, broken):
    """Cut off, or not packed at all."""
    for published in (fashion, cifar):
        source = published.write(tmp_path / published.data_set.name)
        name, content = next(iter(published.files.items()))
        (source / name).write_bytes(broken(content))

        with pytest.raises(RequestError, match=rf"{name} (cannot be read .*|holds only a part .*)"):
            _prepare(published.data_set, tmp_path, source)


def test_a_changed_batch_is_refused_before_it_is_unpickled(cifar, tmp_path):
    """Nobody's pickle is loaded unless it is the published one."""
    layouts.write_cifar(tmp_path / "source", cifar.train, cifar.test, CLASSES)
    file = tmp_path / "source/cifar-10-batches-py/data_batch_3"
    file.chmod(0o644)
    file.write_bytes(f"cos\nsystem\n(S'touch {tmp_path}/ran'\ntR.".encode())

    with pytest.raises(RequestError, match="data_batch_3 is not the published file of CIFAR-10"):
        _prepare(cifar.data_set, tmp_path, tmp_path / "source")
    assert not (tmp_path / "ran").exists()


def test_a_part_of_a_set_is_refused(fashion, tmp_path):
    """The missing file is named."""
    source = fashion.write(tmp_path / "source")
    (source / "t10k-labels-idx1-ubyte.gz").unlink()

    with pytest.raises(RequestError, match="only a part of Fashion-MNIST: t10k-labels-idx1-ubyte is missing"):
        _prepare(fashion.data_set, tmp_path, source)


def test_strangers_files_are_left_alone(fashion, tmp_path):
    """A folder of the set's name that somebody else made is neither trusted nor removed."""
    mine = fashion.write(tmp_path / "cache/fashion-mnist")

    with pytest.raises(RequestError, match="was not made by `checker data`"):
        _prepare(fashion.data_set, tmp_path, fashion.write(tmp_path / "source"))
    assert len(list(mine.iterdir())) == 4


_KILLED = """
import os, sys
from pathlib import Path
from checker.datasets import layouts, preparation
from checker.datasets.catalogue import CATALOGUE
from checker.datasets.sources import Found

def contents():
    yield "train-images-idx3-ubyte", b"anything", Path("x")
    os.kill(os.getpid(), 9)

preparation._verify = lambda *_: None
preparation._find = lambda *_: Found("x", contents)
preparation.prepare(CATALOGUE["fashion-mnist"], Path(sys.argv[1]), None, print, lambda *step: None)
"""


def test_a_killed_run_can_be_started_again(fashion, tmp_path):
    """Nothing half-done counts as prepared, and the next run clears it away."""
    cache = tmp_path / "cache"
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(cache)], check=False, timeout=60)
    assert killed.returncode == -9
    assert list(cache.glob(".fashion-mnist-*"))
    assert prepared("fashion-mnist", cache) is None

    ready, _ = _prepare(fashion.data_set, tmp_path, fashion.write(tmp_path / "source"))

    _same(ready, fashion)
    assert sorted(path.name for path in cache.iterdir()) == [".lock", "fashion-mnist"]


def test_where_the_cache_is(monkeypatch, tmp_path):
    """$CHECKER_DATA, else the platform's place."""
    monkeypatch.setenv("CHECKER_DATA", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("CHECKER_DATA")
    assert cache_folder().name == "checker"


def test_what_is_not_prepared_is_none(tmp_path):
    """The engine can fall back to a small set."""
    assert prepared("cifar10", tmp_path) is None
