"""Write data sets the way homeworks and torchvision expect them: whole folders or nothing, files read-only.

Each function takes what the student may see and nothing else (see ``handout``).
"""

from __future__ import annotations

import contextlib
import gzip
import io
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checker.datasets import batches, idx
from checker.datasets.prepared import Split, Which


def write_fashion(root: Path, train: Split, test: Split) -> Path:
    """torchvision's ``FashionMNIST(root)``: the idx files in ``FashionMNIST/raw``. Returns ``root/FashionMNIST``."""
    with _whole(root / "FashionMNIST") as folder:
        (folder / "raw").mkdir()
        for name, content in idx_files({"train": train, "test": test}).items():
            _write(folder / "raw" / name, content)
    return root / "FashionMNIST"


def write_cifar(root: Path, train: Split, test: Split, classes: Sequence[str]) -> Path:
    """torchvision's ``CIFAR10(root)``, and the folder of batches that ``get_cifar10`` and others read.

    Returns ``root/cifar-10-batches-py``.
    """
    with _whole(root / batches.FOLDER) as folder:
        for name, content in batch_files(train, test, classes):
            _write(folder / name, content)
    return root / batches.FOLDER


def write_arrays(folder: Path, arrays: Mapping[str, Split]) -> None:
    """For each name NAME the files ``X_NAME.npy``, uint8 (n, pixels), and ``y_NAME.npy``, float64 (n,)."""
    with _whole(folder) as inside:
        for name, split in arrays.items():
            _save(inside / f"X_{name}.npy", split.images.reshape(len(split), -1).astype(np.uint8))
            _save(inside / f"y_{name}.npy", split.labels.astype(np.float64))


def idx_files(halves: Mapping[Which, Split]) -> dict[str, bytes]:
    """The four idx files by name."""
    files: dict[str, bytes] = {}
    for which, split in halves.items():
        images, labels = idx.names(which)
        files |= {images: idx.encode(split.images), labels: idx.encode(split.labels)}
    return files


def batch_files(train: Split, test: Split, classes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The seven files of ``cifar-10-batches-py``; the training images in five parts in their order."""
    names = batches.names("train")
    bounds = np.linspace(0, len(train), len(names) + 1).astype(int).tolist()
    for number, (name, start, stop) in enumerate(zip(names, bounds, bounds[1:], strict=False), start=1):
        part = train.take(slice(start, stop))
        yield name, batches.encode(part, f"training batch {number} of {len(names)}", classes)
    yield batches.names("test")[0], batches.encode(test, "testing batch 1 of 1", classes)
    yield batches.META, batches.encode_meta(classes, bounds[1])


def write_archive(path: Path, train: Split, test: Split, classes: Sequence[str]) -> None:
    """The batches in one ``.tar.gz``, whose bytes depend on its content alone."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, content in batch_files(train, test, classes):
            member = tarfile.TarInfo(f"{batches.FOLDER}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    path.write_bytes(packed.getvalue())


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A folder to fill that takes the target's place, or is removed when filling it fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        yield staging
        staging.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        staging.replace(target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _save(path: Path, array: NDArray[Any]) -> None:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    _write(path, content.getvalue())


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o444)
