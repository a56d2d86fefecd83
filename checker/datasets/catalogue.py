"""What each data set consists of, and the sums that its files must have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checker.datasets import batches, idx, torchvision_import
from checker.datasets.prepared import Split, Which


@dataclass(frozen=True)
class Sum:
    """A file's published check sum."""

    algorithm: str
    digest: str


@dataclass(frozen=True)
class Download:
    """A file to fetch: the first of ``urls`` that has it."""

    name: str
    urls: tuple[str, ...]
    sum: Sum


@dataclass(frozen=True)
class DataSet:
    """A known data set.

    ``folder`` is where torchvision looks for ``files`` below its root; ``archive`` is the one file in which they are
    published, ``gzipped`` says that they are published one by one; ``package`` is where Debian's ``package_name`` puts
    them. ``sums`` and ``downloads`` say what is published; ``read`` and ``classes`` make arrays and names of contents.
    """

    name: str
    title: str
    folder: str
    files: tuple[str, ...]
    sums: Callable[[], Mapping[str, Sum]]
    downloads: Callable[[], tuple[Download, ...]]
    read: Callable[[Which, Callable[[str], bytes]], Split]
    classes: Callable[[Callable[[str], bytes]], tuple[str, ...]]
    archive: str | None = None
    gzipped: bool = False
    package: str | None = None
    package_name: str | None = None


# torchvision publishes md5 sums of the .gz files only; these are of their contents, so that unpacked and otherwise
# packed files (Debian's) can be verified, too.
_FASHION_CONTENTS = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
_FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def _fashion_sums() -> Mapping[str, Sum]:
    return {name: Sum("sha256", digest) for name, digest in _FASHION_CONTENTS.items()}


def _fashion_downloads() -> tuple[Download, ...]:
    published = torchvision_import.load().datasets.FashionMNIST
    return tuple(
        Download(name, tuple(f"{mirror}{name}" for mirror in published.mirrors), Sum("md5", digest))
        for name, digest in published.resources
    )


def _cifar_sums() -> Mapping[str, Sum]:
    published = torchvision_import.load().datasets.CIFAR10
    listed = [*published.train_list, *published.test_list, (published.meta["filename"], published.meta["md5"])]
    return {name: Sum("md5", digest) for name, digest in listed}


def _cifar_downloads() -> tuple[Download, ...]:
    published = torchvision_import.load().datasets.CIFAR10
    return (Download(published.filename, (published.url,), Sum("md5", published.tgz_md5)),)


FASHION_MNIST = DataSet(
    name="fashion-mnist",
    title="Fashion-MNIST",
    folder="FashionMNIST/raw",
    files=(*idx.names("train"), *idx.names("test")),
    sums=_fashion_sums,
    downloads=_fashion_downloads,
    read=idx.read,
    classes=lambda content: _FASHION_CLASSES,
    gzipped=True,
    package="/usr/share/datasets/fashion-mnist",
    package_name="dataset-fashion-mnist",
)
CIFAR10 = DataSet(
    name="cifar10",
    title="CIFAR-10",
    folder=batches.FOLDER,
    files=(*batches.names("train"), *batches.names("test"), batches.META),
    sums=_cifar_sums,
    downloads=_cifar_downloads,
    read=batches.read,
    classes=lambda content: batches.read_classes(content(batches.META)),
    archive="cifar-10-python.tar.gz",
)

CATALOGUE = {data_set.name: data_set for data_set in (FASHION_MNIST, CIFAR10)}
NAMES = tuple(CATALOGUE)
