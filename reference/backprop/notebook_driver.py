"""How a notebook that trains a classifier is run and looked at.

Runs beside the student's code, with the standard library, NumPy and torch; torchvision and the running of notebooks are
there where the worker has made them importable.

``watch`` and ``predict`` are called inside the notebook's kernel, with the notebook's variables; ``classifier`` runs in
the worker. Codes are 1 for what was asked; ``reference/operators/notebook.py`` says what the others mean.
"""

from __future__ import annotations

import copy
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch

SIDE = 28
CLASSES = 10
MOST_NETWORKS = 8
BATCH = 250
LEARNED = 0.5
"""A network that is right more often gets its input in a form that it knows."""
UNEVEN = 0.02
"""What a mean over batches, of which the last is smaller, may differ from the share of right answers."""
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.(\d+))?)(\s*%)?(?![\w])")


# --- in the kernel ----------------------------------------------------------------------------------------------------


def watch(variables: dict[str, Any], path: str) -> None:
    """Count the curves that will be drawn, those of two points and more."""
    from matplotlib import axes

    kind: Any = axes.Axes
    plot = kind.plot
    drawn = 0

    def counted(self: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal drawn
        lines = plot(self, *arguments, **options)
        drawn += sum(len(line.get_xdata()) > 1 for line in lines)
        Path(path).write_text(str(drawn))
        return lines

    kind.plot = counted


def _held(variables: dict[str, Any]) -> Iterator[Any]:
    """Everything that the variables hold, down into containers, loaders and parts of data sets."""
    waiting = [value for name, value in reversed(variables.items()) if not name.startswith("_")]
    seen: set[int] = set()
    while waiting and len(seen) < 10000:
        value = waiting.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        yield value
        if isinstance(value, dict):
            waiting += list(value.values())[:100]
        elif isinstance(value, list | tuple):
            waiting += list(value)[:100]
        elif isinstance(value, torch.utils.data.DataLoader | torch.utils.data.Subset):
            waiting.append(value.dataset)


def _networks(held: list[Any]) -> list[Any]:
    found = [value for value in held if isinstance(value, torch.nn.Module) and any(True for _ in value.parameters())]
    if not found:
        raise LookupError(
            "no trained network is among the notebook's variables: keep it in one, outside of functions, until the end"
        )
    return found[:MOST_NETWORKS]


Form = Callable[[Any], Any]


def _transformed(data_set: Any) -> Form:
    """Images as a data set of the notebook would give them."""

    def form(images: Any) -> Any:
        other = copy.copy(data_set)
        other.data, other.targets = torch.from_numpy(images), torch.zeros(len(images), dtype=torch.int64)
        return torch.stack([torch.as_tensor(other[i][0]) for i in range(len(images))]).float()

    return form


def _scaled(mean: float, deviation: float) -> Form:
    def form(images: Any) -> Any:
        return ((torch.from_numpy(images).float() / 255 - mean) / deviation)[:, None]

    return form


def _own_forms(held: list[Any]) -> list[Form]:
    """Images as the notebook's own data sets give them, that for the test first."""
    import torchvision  # type: ignore[import-untyped]

    data_sets = [value for value in held if isinstance(value, torchvision.datasets.FashionMNIST)]
    data_sets.sort(key=lambda data_set: bool(getattr(data_set, "train", False)))
    return [_transformed(data_set) for data_set in data_sets[:2]]


def _common_forms() -> list[Form]:
    """For notebooks that take the pixels out of their data sets and scale them on their own."""
    return [_scaled(0.0, 1.0), _scaled(0.5, 0.5), _scaled(0.286, 0.353), _scaled(0.0, 1 / 255)]


def _scores(net: Any, x: Any) -> Any:
    """Scores (n, classes), whichever of the usual shapes the network takes; None when it takes none."""
    shapes = (x.shape[1:], (1, SIDE, SIDE), (SIDE * SIDE,), (SIDE, SIDE))
    for shape in dict.fromkeys(map(tuple, shapes)):
        with suppress(Exception), torch.no_grad():
            parts = [net(part.reshape(len(part), *shape)) for part in x.split(BATCH)]
            first = [part if isinstance(part, torch.Tensor) else next(iter(part)) for part in parts]
            scores = torch.cat(first)
            if scores.shape == (len(x), CLASSES):
                return scores
    return None


def _classes(net: Any, form: Form, images: Any) -> Any:
    """Classes (n,), or None."""
    try:
        x = form(images)
    except Exception:
        return None
    scores = _scores(net, x)
    return None if scores is None else scores.argmax(dim=1).numpy()


def predict(variables: dict[str, Any], hidden: str, answer: str) -> None:
    """Write the classes of the hidden images, and the accuracies of all networks on the notebook's own test images.

    The network is the one that does best on those, in evaluation mode. What it is given is what the notebook's data
    sets give, or, where that leads nowhere, what it does best with.
    """
    import torchvision

    test = torchvision.datasets.FashionMNIST("data", train=False)
    images, labels = np.array(test.data), np.array(test.targets)
    held = list(_held(variables))
    tried: list[tuple[float, Any, Form]] = []
    for forms in (_own_forms(held), _common_forms()):
        for net in _networks(held):
            net.to("cpu").eval()
            for form in forms:
                classes = _classes(net, form, images)
                if classes is not None:
                    tried.append((float((classes == labels).mean()), net, form))
        if any(accuracy > LEARNED for accuracy, _, _ in tried):
            break
    if not tried:
        raise LookupError(f"no network of the notebook takes images of {SIDE} x {SIDE} and gives {CLASSES} scores")
    _, net, form = max(tried, key=lambda found: found[0])
    classes = _classes(net, form, np.load(hidden))
    np.savez(answer, classes=classes, accuracies=[accuracy for accuracy, _, _ in tried])


# --- in the worker ----------------------------------------------------------------------------------------------------


def _outputs(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from cell.get("outputs", ())


def _text(cell: Any) -> str:
    """What a cell printed or showed as text."""
    parts = []
    for output in cell.get("outputs", ()):
        text = output.get("text") or (output.get("data") or {}).get("text/plain") or ""
        parts.append("".join(text) if isinstance(text, list) else str(text))
    return "\n".join(parts)


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

    Those in lines about a test; where there are none, those of the last cell that printed numbers.
    """
    texts = [_text(cell) for cell in notebook.cells if cell.cell_type == "code"]
    about = [line for text in texts for line in text.splitlines() if re.search("test", line, re.IGNORECASE)]
    for lines in ([line for line in about if _NUMBER.search(line)], [t for t in texts if _NUMBER.search(t)][-1:]):
        found = [pair for line in lines for pair in _shares(line)]
        if found:
            return found
    return []


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


def classifier(case: Any) -> Iterator[tuple[str, Any]]:
    """A notebook that trains a classifier: what was handed in, and what running it gives."""
    import notebook_run  # type: ignore[import-not-found]

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
    hidden, answer, counted = folder / "hidden.npy", folder / "answer.npz", folder / "curves"
    np.save(hidden, case.test)
    fault, ran = None, False
    found: dict[str, Any] = {}
    with notebook_run.kernel(notebook, case.seconds) as kernel:
        try:
            with suppress(Exception):
                kernel.call(__file__, "watch", str(counted))
            kernel.run(notebook)
            ran = True
            kernel.call(__file__, "predict", str(hidden), str(answer))
            with np.load(answer, allow_pickle=False) as stored:
                found = {name: stored[name] for name in stored.files}
        except Exception as error:
            fault = error
    if fault is not None and type(fault).__name__ == "NotImplementedError":
        raise fault
    yield "outputs", handed_in
    if ran:
        yield "runs", 1.0
        yield "curves", _curves(notebook, counted)
    if fault is not None:
        raise fault
    printed = _printed(notebook)
    agrees = any(abs(share - a) <= unit + UNEVEN for share, unit in printed for a in found["accuracies"])
    yield "number", 1.0 if agrees else 3.0 if printed else 2.0
    yield "predictions", found["classes"]
