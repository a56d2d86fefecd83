"""Progress bars and a GPU are not there, and code that uses them runs all the same."""

from __future__ import annotations

import subprocess
import sys
from filecmp import cmp
from pathlib import Path

import pytest

from reference import convnet

DRIVERS = [Path(convnet.__file__).with_name(name) for name in ("torch_driver", "run_driver")]
USED = """
import sys
sys.path.insert(0, sys.argv[1])
import quiet
import torch
from tqdm import tqdm, trange
from tqdm.auto import tqdm as other

with tqdm([1, 2], total=2, desc="epoch") as bar:
    assert list(bar) == [1, 2] and len(bar) == 2
    bar.set_postfix(loss=1.0)
    bar.update(1)
tqdm.write("beside the bar")
assert list(trange(3)) == [0, 1, 2] and list(other(iter("ab"))) == ["a", "b"]

x = torch.ones(2).cuda(non_blocking=True).to("cuda:0").to(device=torch.device("cuda"), dtype=torch.float64)
assert x.device.type == "cpu" and x.dtype == torch.float64
assert torch.nn.Linear(2, 1).cuda().to("cuda").weight.device.type == "cpu"
"""


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_bars_and_devices(driver: Path) -> None:
    """What scripts do with them."""
    run = subprocess.run([sys.executable, "-c", USED, str(driver)], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


def test_both_drivers_find_the_same() -> None:
    """A driver is a folder of its own, so each has a copy."""
    first, second = (driver / "quiet.py" for driver in DRIVERS)

    assert cmp(first, second, shallow=False)
