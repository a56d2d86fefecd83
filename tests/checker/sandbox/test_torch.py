"""A section that allows torch: it is there, on one thread, and seeded for every case."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

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
