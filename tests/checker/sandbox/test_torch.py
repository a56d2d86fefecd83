"""A section that allows torch: it is there, on one thread, and seeded for every case."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from checker.datasets.layouts import write_fashion
from checker.datasets.prepared import Split
from checker.errors import RequestError
from checker.operator import Case
from checker.sandbox.isolation import choose, names
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess

DRIVER = """
import torch

def layer(hw, case):
    yield "y", hw.forward(torch.from_numpy(case.x)).detach().numpy()
    yield "threads", torch.get_num_threads()
"""
CODE = """
import torch
def forward(x):
    return x @ torch.rand(3, 2, dtype=torch.float64)
"""


@pytest.mark.parametrize("level", names())
def test_torch_section(tmp_path: Path, level: str) -> None:
    """Two cases see the same random numbers."""
    try:
        isolation = choose(level)
    except RequestError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    stage = tmp_path / "stage"
    stage.mkdir()
    (stage / "hw.py").write_text(CODE)
    (tmp_path / "driver.py").write_text(DRIVER)
    limits = Limits(memory=8 << 30)
    case = Case({"x": np.ones((1, 3))})
    with StudentProcess(
        stage=stage,
        root="",
        driver=tmp_path / "driver.py",
        packages=("numpy", "torch"),
        limits=limits,
        isolation=isolation,
    ) as student:
        first, second = student.ask("layer", ["hw"], [case, case]).answers

    assert first.fault is None
    assert first.outputs["y"].array is not None
    assert second.outputs["y"].array is not None
    assert np.array_equal(first.outputs["y"].array, second.outputs["y"].array)
    assert first.outputs["threads"].array == 1


VISION_DRIVER = """
import os
import torchvision

def images(hw, case):
    yield "y", float(len(torchvision.datasets.FashionMNIST("anywhere", train=False, download=True)))
    yield "folder", float("FashionMNIST" in os.listdir(os.environ["CHECKER_DATA"]))
    yield "written", hw.write()
"""
VISION_CODE = """
import os
def write():
    try:
        open(os.path.join(os.environ["CHECKER_DATA"], "mine"), "w")
    except OSError:
        return 0.0
    return 1.0
"""


@pytest.mark.parametrize("level", names())
def test_torchvision_finds_the_data_in_place(tmp_path: Path, level: str) -> None:
    """``download=True`` reads what the grader serves, and under bubblewrap nobody writes there."""
    try:
        isolation = choose(level)
    except RequestError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    stage, data = tmp_path / "stage", tmp_path / "data"
    stage.mkdir()
    data.mkdir()
    (stage / "hw.py").write_text(VISION_CODE)
    (tmp_path / "driver.py").write_text(VISION_DRIVER)
    split = Split(np.zeros((3, 28, 28), dtype=np.uint8), np.zeros(3, dtype=np.int64))
    write_fashion(data, split, split)
    with StudentProcess(
        stage=stage,
        root="",
        driver=tmp_path / "driver.py",
        packages=("numpy", "torch", "torchvision"),
        limits=Limits(memory=8 << 30),
        isolation=isolation,
        data=data,
    ) as student:
        (answer,) = student.ask("images", ["hw"], [Case({"x": np.ones(1)})]).answers

    assert answer.fault is None
    assert answer.outputs["y"].array == 3
    assert answer.outputs["folder"].array == 1
    assert answer.outputs["written"].array == (1 if level == "plain" else 0)
