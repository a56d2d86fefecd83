"""Part 2 of the notebooks: two pictures through a network that was trained on ImageNet, graded as handed in."""

from __future__ import annotations

from checker.assignment import ManualTask, Section, Task
from checker.sandbox.limits import Limits
from reference.backprop.pictures import NOTEBOOK, two_pictures

KINDS = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff")

PART2 = Section(
    "part2",
    "Notebook: a pretrained network",
    (NOTEBOOK,),
    (
        Task(
            "part2.pictures",
            "Two pictures, one classified rightly and one wrongly",
            "pictures",
            two_pictures,
            {"pictures": 2.0, "right": 3.0, "wrong": 3.0},
        ),
    ),
    packages=("numpy", "nbclient", "ipykernel", "matplotlib"),
    driver="notebook_pictures_driver.py",
    attachments=tuple(f"*.{kind}" for name in KINDS for kind in (name, name.upper())),
    # Whether a picture shows what it is said to show is nothing that a network can tell.
    manual=(ManualTask("part2.truth", "The pictures show what is said to be their true class", 2.0),),
    limits=Limits(memory=4 << 30, import_seconds=60, case_seconds=60, task_seconds=120),
)
