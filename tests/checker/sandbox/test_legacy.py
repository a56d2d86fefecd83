"""Submissions written for older NumPy releases run as they were."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from checker.operator import Case
from checker.sandbox import legacy
from checker.sandbox.process import StudentProcess

OLD = """
import numpy as np
def f(x):
    mask = np.zeros(x.shape, dtype=np.bool)
    index = np.arange(3).astype(np.int)
    y = np.row_stack([x, np.zeros_like(x, dtype=np.float)])
    assert np.product([2, 3]) == 6 and np.Inf > 0 and np.NaN != 0 and np.alltrue([True])
    assert isinstance(np.float_(1), np.float64) and index.dtype.kind == "i" and not mask.any()
    return y
"""


def test_removed_names_are_there(start: Callable[..., StudentProcess]) -> None:
    """`np.int`, `np.float`, `np.product`, `np.Inf` and their like mean what they meant."""
    (answer,) = start(OLD).ask("one", ["hw"], [Case({"x": np.ones((1, 3))})]).answers

    assert answer.fault is None
    assert answer.outputs["y"].shape == (2, 3)


def test_names_that_never_were_are_not(start: Callable[..., StudentProcess]) -> None:
    """A typing error stays an error."""
    (answer,) = (
        start("import numpy as np\ndef f(x):\n    return np.flota(x)\n")
        .ask("one", ["hw"], [Case({"x": np.ones(3)})])
        .answers
    )

    assert answer.fault is not None
    assert answer.fault.type == "AttributeError"


OLD_TORCH = """
import sys, torch
sys.path.insert(0, HERE)
import legacy
legacy.restore_torch(torch)
class Own(torch.nn.Linear):
    pass
torch.save(Own(2, 1), "net.pt")
assert isinstance(torch.load("net.pt"), Own) and isinstance(torch.load("net.pt", "cuda:0"), Own)
assert torch.load("net.pt", map_location=lambda storage, place: storage).weight.shape == (1, 2)
batches = iter(torch.utils.data.DataLoader([1, 2, 3], batch_size=2))
assert batches.next().tolist() == [1, 2] and next(batches).tolist() == [3]
optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], 0.1)
schedulers = torch.optim.lr_scheduler
assert schedulers.StepLR(optimizer, 3, 0.5, -1, True).gamma == 0.5
assert schedulers.ReduceLROnPlateau(optimizer, "max", verbose=True).mode == "max"
assert schedulers.LambdaLR(optimizer, lambda epoch: 0.5, verbose=False).get_last_lr() == [0.05]
"""


def test_old_torch(tmp_path: Path) -> None:
    """Iterators with `next()`, schedulers with `verbose`, and whole networks that are loaded as they were."""
    code = OLD_TORCH.replace("HERE", repr(str(Path(legacy.__file__).parent)))
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=tmp_path)

    assert run.returncode == 0, run.stderr
