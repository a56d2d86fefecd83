"""CIFAR-10 with exponentially falling class sizes. Provided, nothing to do here."""

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
MEAN, SPREAD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def class_sizes(largest, classes=10, factor=0.01):
    """How many samples each class keeps: ``largest`` of the first, ``factor`` times as many of the last."""
    return [int(largest * factor ** (c / (classes - 1))) for c in range(classes)]


def take_imbalanced(labels, factor=0.01, seed=0):
    """The places of the samples to keep, in rising order, and how many each class keeps."""
    labels = np.asarray(labels)
    classes = int(labels.max()) + 1
    sizes = class_sizes(int(np.bincount(labels).max()), classes, factor)
    rng = np.random.default_rng(seed)
    kept = [rng.permutation(np.flatnonzero(labels == c))[:size] for c, size in enumerate(sizes)]
    return np.sort(np.concatenate(kept)), [len(places) for places in kept]


def load(imbalanced, folder=FOLDER):
    """CIFAR-10 for training and for validation, and the training samples of each class.

    The first download takes a while; ``folder`` is where the data lie. Training pictures are cropped and mirrored at
    random.
    """
    from torch.utils.data import Subset
    from torchvision import datasets, transforms

    normal = [transforms.ToTensor(), transforms.Normalize(MEAN, SPREAD)]
    varied = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()]
    train = datasets.CIFAR10(folder, train=True, download=True, transform=transforms.Compose(varied + normal))
    test = datasets.CIFAR10(folder, train=False, download=True, transform=transforms.Compose(normal))
    sizes = np.bincount(train.targets).tolist()
    if imbalanced:
        places, sizes = take_imbalanced(train.targets)
        train = Subset(train, places.tolist())
    return train, test, sizes
