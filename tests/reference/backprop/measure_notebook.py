"""What a notebook's network reaches on the held-out images, under several seeds: behind the rubric's thresholds.

``python -m tests.reference.backprop.measure_notebook fixtures/submissions/backprop/solved`` on the small set; with
``--data FOLDER`` on a Fashion-MNIST that ``checker data fashion-mnist --cache FOLDER`` has prepared.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from checker.datasets.handout import Handout, handout
from checker.datasets.layouts import write_fashion
from checker.datasets.small import small
from checker.operator import Case
from checker.sandbox.isolation import choose
from checker.sandbox.process import StudentProcess
from reference.backprop.notebook_rubric import LIMITS, PACKAGES, SECONDS

DRIVER = Path(__file__).parents[3] / "reference/backprop/notebook_driver"
SEEDS = range(4)


def reached(notebook: Path, seed: int, parts: Handout, data: Path, seconds: float) -> str:
    """The accuracy of one run, in words, or what stopped it."""
    with tempfile.TemporaryDirectory() as folder:
        text, count = re.subn(r"manual_seed\(\d+\)", f"manual_seed({seed})", notebook.read_text())
        assert count == 1, "the notebook has to be seeded in one place"
        (Path(folder) / "part1.ipynb").write_text(text)
        protocol = {"notebook": "part1.ipynb", "execute": True, "seconds": seconds}
        case = Case({"test": parts.hidden.images}, {}, protocol)
        with StudentProcess(
            stage=Path(folder),
            root="",
            driver=DRIVER,
            packages=PACKAGES,
            limits=replace(LIMITS, case_seconds=2 * seconds + 60, task_seconds=2 * seconds + 120),
            isolation=choose(None),
            data=data,
        ) as student:
            started = time.monotonic()
            (answer,) = student.ask("classifier", [], [case]).answers
    if answer.fault is not None:
        return f"{answer.fault.type}: {answer.fault.message}"
    got = answer.outputs["predictions"].array
    assert got is not None
    return f"accuracy {(got == parts.hidden.labels).mean():.4f} in {time.monotonic() - started:.0f} s"


def main() -> None:
    """Print one line per seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the time for one run")
    asked = parser.parse_args()
    if asked.data is None:
        parts = handout(small("fashion-mnist"))
    else:
        from checker.datasets.cache import prepared

        whole = prepared("fashion-mnist", asked.data)
        assert whole is not None, f"no Fashion-MNIST is prepared in {asked.data}"
        parts = handout(whole, keep_length=True)
    with tempfile.TemporaryDirectory() as data:
        Path(data).chmod(0o755)
        write_fashion(Path(data), parts.train, parts.test)
        for seed in SEEDS:
            print(seed, reached(asked.folder / "part1.ipynb", seed, parts, Path(data), asked.seconds), flush=True)


if __name__ == "__main__":
    main()
