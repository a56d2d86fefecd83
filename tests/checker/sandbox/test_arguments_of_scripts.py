"""Scripts that read their command line when they are imported find one without arguments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checker.operator import Case
from checker.sandbox.process import StudentProcess

SCRIPT = """
import argparse
import sys
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--factor", type=float, default=3.0)
options = parser.parse_args()

def f(x):
    return options.factor * x + (len(sys.argv) - 1)
"""


def test_the_defaults_hold(start: Callable[..., StudentProcess]) -> None:
    """The grader's own arguments are not the script's."""
    (answer,) = start(SCRIPT).ask("one", ["hw"], [Case({"x": np.ones(2)})]).answers

    array = answer.outputs["y"].array
    assert array is not None
    assert array.tolist() == [3.0, 3.0]
