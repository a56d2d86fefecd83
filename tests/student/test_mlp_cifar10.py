"""The provided reader of CIFAR-10: batches from a folder, sets by entry and by attribute, and clear messages."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from checker.assignment import PROJECT

CODE = PROJECT / "student/mlp/assignment_1/code"


def load(name: str) -> ModuleType:
    """A provided file as a module."""
    spec = importlib.util.spec_from_file_location(f"mlp_{name}", CODE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cifar10_utils = load("cifar10_utils")
gradient_check = load("gradient_check")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small batches in the format of the Python version of CIFAR-10."""
    rng = np.random.default_rng(0)
    for name in (*cifar10_utils.TRAINING_FILES, *cifar10_utils.TEST_FILES):
        batch = {b"data": rng.integers(0, 256, (4, 3072), dtype=np.uint8), b"labels": rng.integers(0, 10, 4).tolist()}
        (tmp_path / name).write_bytes(pickle.dumps(batch))
    return tmp_path


def test_sets_have_their_shapes_and_the_mean_training_picture_subtracted(folder: Path) -> None:
    """Pictures are float32 with mean 0 over the training set, labels one-hot; entries and attributes are the same."""
    data = cifar10_utils.get_cifar10(str(folder))

    assert data["train"].images.shape == (20, 3, 32, 32)
    assert data["train"].images.dtype == np.float32
    assert np.abs(data["train"].images.mean(0)).max() < 1e-3
    assert data.test is data["test"]
    assert data.test.labels.shape == (4, 10)
    assert (data.test.labels.sum(1) == 1).all()
    assert data.validation.num_examples == 0
    with pytest.raises(AttributeError):
        data.tset  # noqa: B018


def test_validation_pictures_are_set_aside_and_labels_may_be_numbers(folder: Path) -> None:
    """The sizes add up."""
    data = cifar10_utils.get_cifar10(folder, one_hot=False, validation_size=3)

    assert (data.train.num_examples, data.validation.num_examples) == (17, 3)
    assert data.train.labels.shape == (17,)
    with pytest.raises(ValueError, match="validation_size"):
        cifar10_utils.get_cifar10(folder, validation_size=99)


def test_batches_cover_an_epoch_and_then_start_anew(folder: Path) -> None:
    """No picture comes twice in an epoch; pictures stay with their labels; too large a batch is refused."""
    train = cifar10_utils.get_cifar10(folder).train
    label_of = {x.tobytes(): y.argmax() for x, y in zip(train.images, train.labels, strict=True)}
    epoch = [train.next_batch(5) for _ in range(4)]

    assert len({x.tobytes() for images, _ in epoch for x in images}) == 20
    assert train.epochs_completed == 0
    images, labels = train.next_batch(7)
    assert train.epochs_completed == 1
    assert [label_of[x.tobytes()] for x in images] == labels.argmax(1).tolist()
    with pytest.raises(ValueError, match="20 pictures"):
        train.next_batch(21)


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    """The message names the file, the folder and where the data come from."""
    with pytest.raises(FileNotFoundError, match=r"no data_batch_1 in .*cifar-10-python\.tar\.gz"):
        cifar10_utils.get_cifar10(tmp_path)


def test_numeric_gradient_is_that_of_the_function() -> None:
    """A known gradient; arrays of different shapes are not compared."""
    x = np.array([[1.0, -2.0, 3.0]])
    gradient = gradient_check.numeric_gradient(lambda x: (x**3).sum(), x)

    assert gradient_check.relative_error(gradient, 3 * x**2) < 1e-8
    with pytest.raises(ValueError, match="shapes"):
        gradient_check.relative_error(gradient, gradient[0])
