"""Reads CIFAR-10 from a local folder. Provided: do not change it.

::

    cifar10 = get_cifar10("cifar10/cifar-10-batches-py")
    x, y = cifar10["train"].next_batch(200)                  # (200, 3, 32, 32) and (200, 10)
    x, y = cifar10.test.images, cifar10.test.labels          # the same as cifar10["test"].images ...

The folder is the one that ``cifar-10-python.tar.gz`` from https://www.cs.toronto.edu/~kriz/cifar.html unpacks to.
"""

import pickle
from pathlib import Path

import numpy as np

CLASSES = 10
TRAINING_FILES = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST_FILES = ("test_batch",)


class DataSet:
    """Pictures ``images`` (n, 3, 32, 32) float32 and their ``labels``, handed out in batches."""

    def __init__(self, images, labels):
        self.images = images
        self.labels = labels
        self.epochs_completed = 0
        self._next = 0

    @property
    def num_examples(self):
        """How many pictures there are."""
        return len(self.images)

    def next_batch(self, batch_size):
        """The next ``batch_size`` pictures and labels; when they run out, all of them are shuffled and start anew."""
        if batch_size > self.num_examples:
            raise ValueError(f"a batch of {batch_size} is more than the {self.num_examples} pictures there are")
        if self._next + batch_size > self.num_examples:
            self.epochs_completed += 1
            order = np.random.permutation(self.num_examples)
            self.images, self.labels = self.images[order], self.labels[order]
            self._next = 0
        start, self._next = self._next, self._next + batch_size
        return self.images[start : self._next], self.labels[start : self._next]


class DataSets(dict):
    """The sets by name, as entries or attributes: ``train``, ``validation`` and ``test``."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def read_batches(data_dir):
    """((training pictures, labels), (test pictures, labels)): uint8 (n, 3, 32, 32) and class numbers (n,)."""
    return _read(Path(data_dir), TRAINING_FILES), _read(Path(data_dir), TEST_FILES)


def _read(folder, names):
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"there is no {missing[0]} in {folder.resolve()}: download cifar-10-python.tar.gz from "
            "https://www.cs.toronto.edu/~kriz/cifar.html, unpack it, and give the folder cifar-10-batches-py as --data_dir"
        )
    parts = []
    for name in names:
        with open(folder / name, "rb") as file:
            parts.append(pickle.load(file, encoding="bytes"))
    images = np.concatenate([np.asarray(part[b"data"], dtype=np.uint8) for part in parts])
    return images.reshape(-1, 3, 32, 32), np.concatenate([np.asarray(part[b"labels"]) for part in parts])


def get_cifar10(data_dir="cifar10/cifar-10-batches-py", one_hot=True, validation_size=0):
    """The data sets, with the mean training picture subtracted.

    ``validation_size`` training pictures are set aside as ``validation``. Labels are one-hot (n, 10), or class numbers.
    """
    (train_images, train_labels), (test_images, test_labels) = read_batches(data_dir)
    if not 0 <= validation_size <= len(train_images):
        raise ValueError(f"validation_size is {validation_size}, but there are {len(train_images)} training pictures")
    mean = train_images.mean(axis=0, dtype=np.float64).astype(np.float32)

    def data_set(images, labels):
        labels = np.asarray(labels)
        return DataSet(images.astype(np.float32) - mean, np.eye(CLASSES)[labels] if one_hot else labels)

    return DataSets(
        train=data_set(train_images[validation_size:], train_labels[validation_size:]),
        validation=data_set(train_images[:validation_size], train_labels[:validation_size]),
        test=data_set(test_images, test_labels),
    )
