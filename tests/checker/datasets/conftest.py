"""A data set of the known shape whose published files are a few images."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from checker.datasets import Split, layouts
from checker.datasets.catalogue import CIFAR10, FASHION_MNIST, DataSet, Download, Sum

CLASSES = tuple(f"kind {number}" for number in range(10))


def images(count: int, *shape: int, seed: int = 0) -> Split:
    """Random images with labels that differ from each other."""
    generator = np.random.default_rng(seed)
    return Split(generator.integers(0, 256, (count, *shape), np.uint8), np.arange(count) % 10)


@dataclasses.dataclass(frozen=True)
class Published:
    """A data set beside the files in which it is published."""

    data_set: DataSet
    files: dict[str, bytes]
    train: Split
    test: Split

    def write(self, folder: Path) -> Path:
        """The files as published, in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder

    def at(self, *addresses: str) -> DataSet:
        """The set with other addresses to download from."""
        downloads = tuple(
            Download(
                name, tuple(f"{address}{name}" for address in addresses), Sum("md5", hashlib.md5(content).hexdigest())
            )
            for name, content in self.files.items()
        )
        return dataclasses.replace(self.data_set, downloads=lambda: downloads)


@pytest.fixture
def fashion() -> Published:
    """Fashion-MNIST of 40 + 20 images; Debian's package is not there."""
    train, test = images(40, 28, 28), images(20, 28, 28, seed=1)
    contents = layouts.idx_files({"train": train, "test": test})
    sums = {name: Sum("sha256", hashlib.sha256(content).hexdigest()) for name, content in contents.items()}
    data_set = dataclasses.replace(FASHION_MNIST, sums=lambda: sums, package="/nowhere")
    return Published(
        data_set, {f"{name}.gz": gzip.compress(content) for name, content in contents.items()}, train, test
    )


@pytest.fixture
def cifar(tmp_path: Path) -> Published:
    """CIFAR-10 of 50 + 20 images."""
    train, test = images(50, 3, 32, 32), images(20, 3, 32, 32, seed=1)
    contents = dict(layouts.batch_files(train, test, CLASSES))
    sums = {name: Sum("md5", hashlib.md5(content).hexdigest()) for name, content in contents.items()}
    layouts.write_archive(tmp_path / "archive", train, test, CLASSES)
    packed = (tmp_path / "archive").read_bytes()
    (tmp_path / "archive").unlink()
    return Published(dataclasses.replace(CIFAR10, sums=lambda: sums), {"cifar-10-python.tar.gz": packed}, train, test)
