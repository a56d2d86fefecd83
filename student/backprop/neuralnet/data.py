"""CIFAR-10 from a folder on this computer, and batches of it. Nothing to do here.

The folder holds the six files of the Python version of CIFAR-10 (https://www.cs.toronto.edu/~kriz/cifar.html),
unpacked: ``data_batch_1`` to ``data_batch_5`` and ``test_batch``. It is named cifar-10-batches-py and looked for beside
this file and in the current folder; the environment variable CIFAR10 names another place.
"""

import os
import pickle
import sys
from pathlib import Path

import numpy as np

FOLDER = "cifar-10-batches-py"
TRAINING = [f"data_batch_{i}" for i in range(1, 6)]
TEST = "test_batch"


def cifar10_folder():
    """The folder with the data; ends the program with a message when there is none."""
    places = [Path(__file__).resolve().parent / FOLDER, Path.cwd() / FOLDER]
    if "CIFAR10" in os.environ:
        places = [Path(os.environ["CIFAR10"])]
    for place in places:
        if all((place / name).is_file() for name in [*TRAINING, TEST]):
            return place
    listed = "\n".join(f"    {place}" for place in places)
    sys.exit(
        f"CIFAR-10 is not there. Looked for its six batch files in\n{listed}\n"
        "Download cifar-10-python.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html and unpack it there,\n"
        "or set the environment variable CIFAR10 to the folder that holds the batch files."
    )


def _read(path):
    """Pixels (N, 3072) as bytes, and labels (N,)."""
    with open(path, "rb") as file:
        batch = pickle.load(file, encoding="bytes")
    return np.asarray(batch[b"data"], dtype=np.uint8), np.asarray(batch[b"labels"], dtype=np.int64)


def load_cifar10(num_train=20000, num_val=10000, seed=0):
    """Training, validation and test data: a dict with X_train, y_train, X_val, y_val, X_test, y_test.

    Pixels are float32, shifted by the mean of the training data and scaled to deviation 1; images are rows of 3072
    pixels. Training and validation data are drawn without overlap from the 50,000 training images, always the same.
    """
    folder = cifar10_folder()
    parts = [_read(folder / name) for name in TRAINING]
    pixels, labels = (np.concatenate(arrays) for arrays in zip(*parts))
    if num_train + num_val > len(pixels):
        sys.exit(f"--num-train and validation ask for {num_train + num_val} images; there are {len(pixels)}")
    order = np.random.default_rng(seed).permutation(len(pixels))
    chosen = {"val": order[:num_val], "train": order[num_val : num_val + num_train]}
    test_pixels, test_labels = _read(folder / TEST)
    mean = pixels[chosen["train"]].mean(axis=0, dtype=np.float64)
    deviation = pixels[chosen["train"]].std(dtype=np.float64)
    data = {"X_test": test_pixels, "y_test": test_labels}
    for name, indices in chosen.items():
        data[f"X_{name}"], data[f"y_{name}"] = pixels[indices], labels[indices]
    for name in ("X_train", "X_val", "X_test"):
        data[name] = ((data[name] - mean) / deviation).astype(np.float32)
    return data


def batches(X, y, batch_size, generator):
    """One epoch: every sample once, in a new order, in batches of ``batch_size`` (the last may be smaller)."""
    order = generator.permutation(len(X))
    for start in range(0, len(X), batch_size):
        chosen = order[start : start + batch_size]
        yield X[chosen], y[chosen]
