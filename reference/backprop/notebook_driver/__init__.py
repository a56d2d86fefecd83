"""How a notebook that trains a classifier is run and looked at.

Runs beside the student's code, with the standard library and NumPy; the running of notebooks is there where the worker
has made it importable. What is asked of the notebook's variables stands in ``in_kernel.py``.

Codes are 1 for what was asked; ``reference/operators/notebook.py`` says what the others mean.
"""

from __future__ import annotations

import os
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

LEARNING, LEARNED_WELL = 0.3, 0.78
"""A network between them is trained once more, with more steps."""
MOST_TIMES, LONGEST = 8, 200.0
"""How many times as many, and the processor's seconds that this may take."""
UNEVEN = 0.02
"""What a mean over batches, of which the last is smaller, may differ from the share of right answers."""
_ACCURACY = re.compile(r"acc|%|correct|right|score", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.(\d+))?)(\s*%)?(?![\w])")
_IN_KERNEL = str(Path(__file__).with_name("in_kernel.py"))


def _outputs(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from cell.get("outputs", ())


def _text(cell: Any) -> str:
    """What a cell printed or showed as text, formatted or not."""
    parts = []
    for output in cell.get("outputs", ()):
        data = output.get("data") or {}
        shown = [output.get("text"), data.get("text/plain"), data.get("text/markdown")]
        shown.append(_TAG.sub(" ", _joined(data.get("text/html"))))
        # A star at a number is how Markdown makes it bold.
        parts += [_joined(text).replace("*", " ") for text in shown if text]
    return "\n".join(parts)


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text or "")


def _has_image(notebook: Any) -> bool:
    kinds = {kind for output in _outputs(notebook) for kind in (output.get("data") or {})}
    return any(kind.startswith("image/") for kind in kinds)


def _handed_in(notebook: Any) -> float:
    """Whether a notebook came with the outputs of a whole run."""
    outputs = list(_outputs(notebook))
    if not outputs:
        return 2.0
    return 3.0 if any(output.output_type == "error" for output in outputs) else 1.0


def _printed(notebook: Any) -> list[tuple[float, float]]:
    """Numbers that may be the final accuracy, as shares, with the rounding that their digits allow.

    Those in lines about an accuracy on a test; where there are none, those in other lines about a test, which may be
    its size, and those of the last cell that printed numbers.
    """
    texts = [_text(cell) for cell in notebook.cells if cell.cell_type == "code"]
    about = [line for text in texts for line in text.splitlines() if re.search("test", line, re.IGNORECASE)]
    accuracies = [pair for line in about if _ACCURACY.search(line) for pair in _shares(line)]
    last = [text for text in texts if _NUMBER.search(text)][-1:]
    return accuracies or [pair for text in [*about, *last] for pair in _shares(text)]


def _shares(text: str) -> Iterator[tuple[float, float]]:
    for number, digits, percent in _NUMBER.findall(text):
        value, unit = float(number), 10.0 ** -len(digits)
        if value <= 1 and not percent:
            yield value, unit
        if value <= 100:
            yield value / 100, unit / 100


def _curves(notebook: Any, counted: Path | None) -> float:
    if not _has_image(notebook):
        return 2.0
    drawn = int(counted.read_text()) if counted is not None and counted.exists() else 0
    return 3.0 if counted is not None and drawn < 2 else 1.0


class _Run:
    """What running all cells gave; ``found`` is what ``predict`` wrote, None after a fault."""

    def __init__(self) -> None:
        self.curves: float | None = None
        self.fault: Exception | None = None
        self.found: dict[str, Any] | None = None
        self.printed: list[tuple[float, float]] = []

    @property
    def accuracy(self) -> float:
        return float(max(self.found["accuracies"])) if self.found else 0.0


def _run(notebook: Any, case: Any, folder: Path) -> _Run:
    import notebook_run  # type: ignore[import-not-found]

    hidden, answer, counted = folder / "hidden.npy", folder / "answer.npz", folder / "curves"
    np.save(hidden, case.test)
    counted.unlink(missing_ok=True)
    run = _Run()
    with notebook_run.kernel(notebook, case.seconds) as kernel:
        try:
            with suppress(Exception):
                kernel.call(_IN_KERNEL, "watch", str(counted))
            kernel.run(notebook)
            run.curves = _curves(notebook, counted)
            run.printed = _printed(notebook)
            kernel.call(_IN_KERNEL, "predict", str(hidden), str(answer))
            with np.load(answer, allow_pickle=False) as stored:
                run.found = {name: stored[name] for name in stored.files}
        except Exception as error:
            run.fault = error
    return run


def _repeat(root: Path, into: Path, times: int) -> str:
    """A copy of the data in which each training image comes several times."""
    raw = into / "FashionMNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for path in (root / "FashionMNIST" / "raw").iterdir():
        content = path.read_bytes()
        if path.name.startswith("train"):
            start, count = 16 if "images" in path.name else 8, int.from_bytes(content[4:8], "big") * times
            content = content[:4] + count.to_bytes(4, "big") + content[8:start] + content[start:] * times
        (raw / path.name).write_bytes(content)
    return str(into)


def classifier(case: Any) -> Iterator[tuple[str, Any]]:
    """A notebook that trains a classifier: what was handed in, and what running it gives."""
    import notebook_run

    notebook = notebook_run.read(Path(sys.path[-1]) / case.notebook)
    handed_in = _handed_in(notebook)
    if not case.execute:
        yield "outputs", None if handed_in == 2 else handed_in
        yield "curves", _curves(notebook, None)
        printed = _printed(notebook)
        yield "number", 1.0 if printed else 2.0
        yield "printed", max((share for share, _ in printed if share <= 1), default=0.0)
        return
    folder = Path(os.environ["TMPDIR"])
    run = _run(notebook, case, folder)
    # Not by the clock: how busy the computer is should change nothing.
    times = min(MOST_TIMES, int(LONGEST / resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime))
    if LEARNING < run.accuracy < LEARNED_WELL and times > 1:
        # Its epochs and learning rate were chosen for 50,000 images: fewer steps than that are not its fault.
        notebook_run.SETUP["data"] = _repeat(Path(notebook_run.SETUP["data"]), folder / "repeated", times)
        longer = _run(notebook, case, folder)
        run = longer if longer.accuracy > run.accuracy else run
    if type(run.fault).__name__ == "NotImplementedError" and run.fault is not None:
        raise run.fault
    yield "outputs", handed_in
    if run.curves is not None:
        yield "runs", 1.0
        yield "curves", run.curves
    if run.fault is not None:
        raise run.fault
    assert run.found is not None
    agrees = any(abs(share - a) <= unit + UNEVEN for share, unit in run.printed for a in run.found["accuracies"])
    yield "number", 1.0 if agrees else 3.0 if run.printed else 2.0
    yield "predictions", run.found["classes"]
