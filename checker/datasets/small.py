"""The small sets that come with the project: for work offline and for tests."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from checker.datasets.catalogue import CATALOGUE
from checker.datasets.prepared import Prepared, version_of
from checker.datasets.sources import look

_FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "data"
PLACES = {
    "fashion-mnist": _FOLDER / "fashion-mnist",
    "cifar10": _FOLDER / "cifar10-shaped" / "cifar10-shaped.tar.gz",
}


@functools.cache
def small(name: str) -> Prepared:
    """The small set of a full one's name: the same shapes and classes, fewer images.

    ``fashion-mnist`` has 5,000 real training and 1,000 test images; ``cifar10`` as many drawn ones, of other classes.
    """
    data_set = CATALOGUE[name]
    found = look(data_set, PLACES[name])
    assert found is not None, f"{PLACES[name]} is missing"
    contents = {file: content for file, content, _ in found.contents()}
    version = version_of({file: hashlib.sha256(content).hexdigest() for file, content in contents.items()})
    return Prepared(
        name,
        f"the small set in {PLACES[name].relative_to(_FOLDER.parents[1]).as_posix()}",
        version,
        data_set.classes(contents.__getitem__),
        lambda which: data_set.read(which, contents.__getitem__),
    )
