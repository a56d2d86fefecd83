"""Part 1 of the notebooks: a network for Fashion-MNIST, trained in a notebook."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from checker.assignment import ManualTask, Section, Task
from checker.datasets.handout import handout
from checker.datasets.layouts import write_fashion
from checker.datasets.small import small
from checker.operator import Case, Option
from checker.sandbox.limits import Limits
from checker.scale import Scale
from reference.operators.notebook import classifier_notebook

SECONDS = 300.0
"""For all cells of a notebook together, each time that it is run: once, or twice when it learned little."""

# On the small set (4,000 images for training and validation), under torch seeds 0 to 3, three notebooks in different
# styles reach 0.807 to 0.836. Measured with `python -m tests.reference.backprop.measure_notebook FOLDER`.
ENOUGH = Scale("accuracy", full=0.75, none=0.60)
PUBLISHED = Scale("accuracy", full=0.85, none=0.70)
"""What the homework asks of the whole set, which counts where the notebook is graded as it was handed in."""

PACKAGES = ("numpy", "torch", "torchvision", "nbclient", "ipykernel", "matplotlib")
LIMITS = Limits(
    memory=8 << 30,
    import_seconds=120,
    case_seconds=2 * SECONDS + 60,
    task_seconds=2 * SECONDS + 120,
    file_size=256 << 20,
    disk=512 << 20,
    processes=8,
)


def serve(folder: Path) -> None:
    """Training and test images of the small set, where torchvision looks for Fashion-MNIST.

    There are a sixth as many test images, as 10,000 are of 60,000: what a notebook calls 10,000 is that many, too.
    """
    parts = handout(small("fashion-mnist"))
    count = round(len(parts.train.images) / 6)
    write_fashion(folder, parts.train, parts.test.take(slice(count)))


def _case(execute: bool) -> Case:
    hidden = handout(small("fashion-mnist")).hidden
    protocol: dict[str, Option] = {"notebook": "part1.ipynb", "execute": execute, "seconds": SECONDS}
    return Case({"test": hidden.images}, {}, protocol, hidden={"labels": hidden.labels})


def fashion_notebook(*, execute: bool) -> Section:
    """The section; with ``execute`` the notebook is run, without it is graded as it was handed in."""
    operator = classifier_notebook(partial(_case, execute))
    run = {"outputs": 4.0, "runs": 5.0, "curves": 3.0, "number": 3.0}
    read = {"outputs": 6.0, "curves": 5.0, "number": 4.0}
    return Section(
        "part1",
        "Notebook: Fashion-MNIST",
        ("part1.ipynb",),
        (
            Task(
                "part1.notebook",
                "The notebook",
                "classifier",
                operator,
                run if execute else read,
                ("Network.forward", "Network.__init__"),
            ),
            Task(
                "part1.accuracy",
                "Accuracy on held-out images",
                "classifier",
                operator,
                {"accuracy": 5.0},
                ("Network.forward", "Network.__init__"),
                scales={"accuracy": ENOUGH if execute else PUBLISHED},
            ),
        ),
        packages=PACKAGES,
        driver="notebook_driver",
        manual=(ManualTask("part1.architecture", "Architecture and curves of the best model", 10.0, ("*.pdf",)),),
        data=serve,
        limits=LIMITS,
    )


PART1 = fashion_notebook(execute=True)
