"""Submissions written for older NumPy releases run as they were."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checker.operator import Case
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
