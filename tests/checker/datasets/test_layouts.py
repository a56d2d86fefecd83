"""What students' code reads is what was written, and holds nothing that is the grader's."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from checker.datasets import Prepared, handout, layouts, serving, small, torchvision_import
from checker.datasets.batches import read
from checker.datasets.parts import PARTS, divide, write_parts
from tests.checker.datasets.conftest import CLASSES, images

STUDENT = """
import importlib.util, socket, sys, warnings
import numpy as np

def by_path(path):
    spec = importlib.util.spec_from_file_location(path.rpartition("/")[2][:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

def no_network(*_):
    raise OSError("no network")

socket.socket.connect = no_network
importing, serving, root, elsewhere = sys.argv[1:]
torchvision = by_path(importing).load()
assert by_path(importing).load() is torchvision
print("published", len(torchvision.datasets.CIFAR10.train_list), len(torchvision.datasets.FashionMNIST.resources))
# torchvision unpickles with what older NumPy releases understand, and nothing else may be said of our files.
warnings.simplefilter("error")
for train in (True, False):
    data = torchvision.datasets.FashionMNIST(root, train=train, download=True)
    print("own root", len(data), np.asarray(data.data).sum(), data.targets.sum().item())
by_path(serving).serve(torchvision, root)
from torchvision.datasets import CIFAR10, FashionMNIST
class Derived(FashionMNIST):
    pass
for kind in (FashionMNIST, Derived, CIFAR10):
    for download in (False, True):
        for train in (True, False):
            data = kind(elsewhere, train, torchvision.transforms.ToTensor(), download=download)
            shape = tuple(data[3][0].shape)
            print(kind.__name__, len(data), shape, np.asarray(data.data).sum(), sum(map(int, data.targets)))
print(data.classes[9])
"""


def test_torchvision_reads_the_layouts(tmp_path):
    """From its own root, and from any other once served; ``download=True`` needs no network; nothing is written."""
    grey, colour = (images(40, 28, 28), images(20, 28, 28, seed=1)), (images(53, 3, 32, 32), images(20, 3, 32, 32))
    layouts.write_fashion(tmp_path / "root", *grey)
    layouts.write_cifar(tmp_path / "root", *colour, CLASSES)
    process = subprocess.run(
        [sys.executable, "-c", STUDENT, torchvision_import.__file__, serving.__file__, "root", "elsewhere"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert process.returncode == 0, process.stderr
    said = process.stdout.splitlines()

    def lines(kind, shape, splits):
        return [f"{kind} {len(split)} {shape} {split.images.sum()} {split.labels.sum()}" for split in splits] * 2

    assert said == [
        "published 5 4",
        *(f"own root {len(split)} {split.images.sum()} {split.labels.sum()}" for split in grey),
        *lines("FashionMNIST", (1, 28, 28), grey),
        *lines("Derived", (1, 28, 28), grey),
        *lines("CIFAR10", (3, 32, 32), colour),
        "kind 9",
    ]
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("encoding", ["bytes", "latin1"])
def test_batches_load_as_the_published_ones_do(tmp_path, encoding):
    """Keys and types as in the published files, under both encodings that students use."""
    train = images(53, 3, 32, 32)
    folder = layouts.write_cifar(tmp_path, train, images(20, 3, 32, 32), CLASSES)

    def key(text):
        return text.encode() if encoding == "bytes" else text

    parts = []
    for number in range(1, 6):
        with (folder / f"data_batch_{number}").open("rb") as file:
            parts.append(pickle.load(file, encoding=encoding))
    assert set(parts[0]) == {key("batch_label"), key("labels"), key("data"), key("filenames")}
    assert parts[4][key("batch_label")] == key("training batch 5 of 5")
    assert [type(parts[0][key(name)]) for name in ("labels", "filenames", "data")] == [list, list, np.ndarray]
    assert parts[0][key("data")].dtype == np.uint8
    assert parts[0][key("data")].flags.writeable
    np.testing.assert_array_equal(
        np.concatenate([part[key("data")] for part in parts]).reshape(-1, 3, 32, 32), train.images
    )
    assert [label for part in parts for label in part[key("labels")]] == train.labels.tolist()
    with (folder / "batches.meta").open("rb") as file:
        meta = pickle.load(file, encoding=encoding)
    assert meta[key("label_names")] == [key(name) for name in CLASSES]


def test_the_published_form_is_read():
    """A batch as Python 2 pickled it, with NumPy's old names and numbers for truth values."""
    rows = images(2, 3, 32, 32)
    content = rows.images.tobytes()
    batch = (
        b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5q\x03U\x06labelsq\x04]q\x05(K\x00K\x01e"
        b"U\x04dataq\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\x09(K\x01"
        b"K\x02M\x00\x0c\x86cnumpy\ndtype\nq\x0aU\x02u1K\x00K\x01\x87Rq\x0b(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89T" + len(content).to_bytes(4, "little") + content + b"tbu."
    )
    split = read("test", lambda name: batch)

    np.testing.assert_array_equal(split.images, rows.images)
    assert split.labels.tolist() == [0, 1]


def test_arrays_are_read_only_and_as_the_reader_expects(tmp_path):
    """X uint8 (n, 784), y float64 (n,), and the classes in equal numbers."""
    divisions = write_parts(tmp_path / "data", small("fashion-mnist"))

    assert {path.name for path in (tmp_path / "data").iterdir()} == {
        f"{array}_{half}_{part}.npy" for array in "Xy" for half in ("train", "dev") for part in ("part1", "part2")
    }
    for name, groups in (("part1", 3), ("part2", 5)):
        for half, each in (("train", 378), ("dev", 121)):
            x, y = (np.load(tmp_path / "data" / f"{array}_{half}_{name}.npy") for array in "Xy")
            assert (x.shape, x.dtype) == ((groups * each, 784), np.uint8)
            assert (y.shape, y.dtype) == ((groups * each,), np.float64)
            assert np.bincount(y.astype(int)).tolist() == [each] * groups
            assert len(np.unique(y[:30])) == groups
        assert np.bincount(divisions[name].hidden.labels).tolist() == [100] * groups
    assert not any(path.stat().st_mode & 0o222 for path in (tmp_path / "data").iterdir())


def _blank(train: int, test: int) -> Prepared:
    """A set of the full size whose images are their own numbers."""
    halves = {"train": images(train, 1), "test": images(test, 1)}
    return Prepared("fashion-mnist", "", "", CLASSES, halves.__getitem__)


def test_the_full_parts_have_the_numbers_of_the_homework():
    """7,500 and 2,400 of the published training images, none twice; the hidden ones from the test images."""
    full = _blank(60_000, 10_000)
    expected = {"part1": ([2500] * 3, [800] * 3, [1000] * 3), "part2": ([1500] * 5, [480] * 5, [1000] * 5)}
    for name, numbers in expected.items():
        part = divide(full, PARTS[name])
        got = tuple(np.bincount(half.labels).tolist() for half in (part.train, part.dev, part.hidden))
        assert got == numbers


@pytest.mark.parametrize("name", ["fashion-mnist", "cifar10"])
@pytest.mark.parametrize("keep_length", [False, True])
def test_hidden_images_are_not_handed_out(name, keep_length):
    """No hidden image is among those for the student; the student's test images are training images."""
    data_set = small(name)
    given = handout(data_set, keep_length=keep_length)
    hidden = {image.tobytes() for image in given.hidden.images}
    training = {image.tobytes() for image in given.train.images}
    shown = {image.tobytes() for image in given.test.images}

    assert not hidden & (training | shown)
    assert (len(given.train), len(given.test), len(given.hidden)) == (5000 if keep_length else 4000, 1000, 1000)
    assert bool(training & shown) == keep_length


def test_hidden_labels_are_in_no_file(tmp_path):
    """The parts' hidden images and labels are only returned."""
    divisions = write_parts(tmp_path / "data", small("fashion-mnist"))
    written = {image.tobytes() for path in (tmp_path / "data").glob("X_*") for image in np.load(path)}

    for division in divisions.values():
        assert not written & {image.tobytes() for image in division.hidden.images}


def test_a_layout_is_whole_or_not_there(tmp_path, monkeypatch):
    """An interrupted writer leaves the old folder, and no other."""
    grey = images(10, 28, 28)
    folder = layouts.write_fashion(tmp_path, grey, grey)
    before = sorted(path.name for path in (folder / "raw").iterdir())

    def interrupted(path: Path, content: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(layouts, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        layouts.write_fashion(tmp_path, grey, grey)
    assert sorted(path.name for path in (folder / "raw").iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["FashionMNIST"]
