"""Writes the data files: ``python make_data.py FOLDER``. Provided: do not change.

It runs in the checker's environment (``make`` sets that up as ``.venv``). The full Fashion-MNIST set is taken when
``checker data fashion-mnist`` has prepared it, otherwise the small one that comes with the checker.
"""

import sys
from pathlib import Path

from checker.datasets import prepared, small
from checker.datasets.parts import write_parts


def main(folder):
    data_set = prepared("fashion-mnist") or small("fashion-mnist")
    for name, part in write_parts(Path(folder), data_set).items():
        print(f"{name}: {len(part.train)} training and {len(part.dev)} development images of {', '.join(part.names)}")
    print(f"in {folder}, from {data_set.source}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
