"""What a submission's NumPy network learns by heart, for several orders of the batches: behind the rubric's threshold.

``python -m tests.reference.convnet.measure_training fixtures/submissions/convnet/solved``
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from pathlib import Path

from checker.assignment import Assignment
from checker.sitting import provided_files, wanted
from checker.submissions import find, stage
from reference.convnet import training_driver
from reference.convnet.training_rubric import ROOT, TRAINING, case

ORDERS = range(10)


def main(folder: Path, into: Path) -> None:
    """Print one line per order; ``into`` is empty, and gets the homework's layout."""
    files = wanted(TRAINING)
    stage(find(folder, files), files, ROOT, into, provided_files(Assignment("convnet", "", (TRAINING,)), TRAINING))
    sys.path.insert(0, str(into / ROOT))
    task = TRAINING.tasks[0]
    names = [name.removeprefix(f"{ROOT}/").removesuffix(".py").replace("/", ".") for name in task.files]
    modules = [importlib.import_module(name) for name in names]
    measure = task.operator.measure
    assert measure is not None
    for order in ORDERS:
        asked, start = case(order), time.process_time()
        given = type("Asked", (), {**asked.arrays, **asked.options})
        outputs = dict(training_driver.overfit(*modules, given))
        print(order, outputs["loss"], dict(measure(asked, outputs)), f"{time.process_time() - start:.2f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(Path(sys.argv[1]), Path(scratch))
