"""Plots, progress bars, logs and a GPU are not there, and code that uses them runs all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from checker.operator import Case
from checker.sandbox import stand_ins
from tests.checker.sandbox.conftest import Start

CASE = Case({"x": np.ones(2)})
HERE = Path(stand_ins.__file__).parent
# Without the site's packages, but for NumPy and torch: what a student's process has.
BEGIN = """
import importlib.util, sys
for name in ("matplotlib", "mpl_toolkits", "tqdm", "tensorboard"):
    sys.modules.pop(name, None)
from importlib.machinery import PathFinder
find = PathFinder.find_spec
hidden = ("matplotlib", "mpl_toolkits", "tqdm", "tensorboard")
PathFinder.find_spec = lambda name, *rest: None if name.split(".")[0] in hidden else find(name, *rest)
sys.path.insert(0, HERE)
import stand_ins
stand_ins.install()
"""
PLOTS = """
import copy, pickle
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d import Axes3D
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4))
line, = left.plot([1, 2], label="loss")
plt.subplots(2, 2)[1][1, 0].set_title("accuracy")
figure, axes = plt.subplots()
axes.imshow([[1]])
counts, edges, patches = plt.hist([1, 2, 2])
from matplotlib import pyplot, cm
figure, (upper, lower) = pyplot.subplots(2)
upper.hist([1])
plt.rcParams["font.size"] = 8
with plt.style.context("ggplot"):
    right.legend()
figure.savefig("never.png")
plt.show()
assert not hasattr(plt, "__wrapped__")
"""
BARS = """
from tqdm import tqdm, trange
from tqdm.auto import tqdm as other
from tqdm.notebook import tqdm_notebook
from tqdm import auto
import tqdm.auto
assert list(auto.tqdm([3])) == list(tqdm.auto.tqdm([3])) == [3]
from tqdm import tqdm
with tqdm([1, 2], total=2, desc="epoch") as bar:
    assert list(bar) == [1, 2] and len(bar) == 2
    bar.set_postfix(loss=1.0)
    bar.update(1)
tqdm.write("beside the bar")
assert list(trange(3)) == [0, 1, 2] and list(other(iter("ab"))) == ["a", "b"]
"""
DEVICES = """
import torch
import one_device
one_device.install(torch)
x = torch.ones(2).cuda(non_blocking=True).to("cuda:0").to(0).to(device=torch.device("cuda"), dtype=torch.float64)
assert x.device.type == "cpu" and x.dtype == torch.float64
assert torch.nn.Linear(2, 1).cuda().to("cuda").weight.device.type == "cpu"
lazy = torch.nn.LazyLinear(3).cuda().to("mps")
assert lazy(torch.ones(1, 2)).shape == (1, 3)
assert x.to(x).dtype == torch.float64 and x.to(torch.float32).dtype == torch.float32
data = torch.utils.data.TensorDataset(torch.arange(10.0))
loader = torch.utils.data.DataLoader(data, batch_size=4, num_workers=4, pin_memory=True, persistent_workers=True)
assert [len(batch[0]) for batch in loader] == [4, 4, 2]
loader = torch.utils.data.DataLoader(data, 4, False, None, None, 2, None, True, True)
assert [len(batch[0]) for batch in loader] == [4, 4] and loader.num_workers == 0
assert torch.zeros(3, device="cuda").device.type == torch.tensor([1.0], device=torch.device("cuda:1")).device.type
assert x.new_ones(2, device="cuda").device.type == "cpu"
drawn = [torch.rand(1, generator=torch.Generator(device="cuda").manual_seed(3)) for _ in range(2)]
assert drawn[0] == drawn[1] and torch.Generator("cuda").device.type == "cpu"
assert torch.compile(loader, mode="max-autotune") is torch.compile(dynamic=True)(loader) is loader
assert torch.nn.Linear(2, 1, device="cuda").weight.device.type == "cpu"
assert torch.zeros(3, device="meta").is_meta and torch.ones(2, dtype=torch.int8, device=None).dtype == torch.int8
assert torch.cuda.FloatTensor([1.5]).type(torch.cuda.LongTensor).tolist() == [1]
with torch.cuda.device(0):
    torch.cuda.synchronize()
torch.set_default_tensor_type("torch.cuda.FloatTensor")
torch.set_default_device("cuda")
assert torch.ones(1).device.type == "cpu"
"""
LOGS = """
import torch
from torch.utils.tensorboard import SummaryWriter
writer = SummaryWriter(log_dir="runs")
writer.add_scalar("loss", 1.0, 1)
writer.close()
class Writer(SummaryWriter):
    def more(self):
        return 1
assert Writer("runs").more() == 1
"""


@pytest.mark.parametrize("used", [PLOTS, BARS, DEVICES, LOGS], ids=["plots", "bars", "devices", "logs"])
def test_what_scripts_do_with_them(used: str) -> None:
    """Nothing raises, nothing is drawn, and tensors stay where they are."""
    code = BEGIN.replace("HERE", repr(str(HERE))) + used
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


def test_an_installed_package_goes_before_its_stand_in() -> None:
    """As in notebooks, whose plots are looked at."""
    code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import stand_ins; stand_ins.install(); import matplotlib"
    run = subprocess.run([sys.executable, "-c", f"{code}; print(matplotlib.__file__)"], capture_output=True, text=True)

    assert run.stdout.endswith("matplotlib/__init__.py\n")


def test_a_file_of_the_submission_goes_before_a_stand_in(start: Start) -> None:
    """Whatever it is called."""
    own = "from tqdm import double\ndef f(x):\n    return double(x)\n"
    student = start({"hw.py": own, "tqdm.py": "def double(x): return 2 * x"})

    assert student.ask("one", ["hw"], [CASE]).answers[0].fault is None


def test_in_every_section(start: Start) -> None:
    """Homeworks without torch have them, too."""
    imports = "import matplotlib.pyplot as plt\nfrom tqdm import trange\n"
    student = start(f"{imports}def f(x):\n    plt.plot(x)\n    return x\n")

    assert student.ask("one", ["hw"], [CASE]).answers[0].fault is None
