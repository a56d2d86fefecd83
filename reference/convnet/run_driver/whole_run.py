"""``python main.py``: what it makes of a configuration, and what it saves."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .right_parts import CLASSES, FocalLoss
from .surroundings import configure

Yields = Iterator[tuple[str, Any]]
BATCHES, ROWS, COLUMNS = 2, 20, 10
RIGHT = (6, 16, 8, 4, 10)
"""How many of the validation pictures are right in each epoch: the second is the best."""
RIGHT_IN_TRAINING = (16, 4, 8, 6, 10)
"""The same of training pictures, for main scripts that look at them, too: the first is the best."""
BEST = 1
TRAIN = ("epoch", "data_loader", "model", "optimizer", "criterion")
VALIDATE = ("epoch", "val_loader", "model", "criterion")


def _tensors(value: Any) -> list[Any]:
    """Every tensor in what was saved, as it is now."""
    if isinstance(value, torch.nn.Module):
        value = value.state_dict()
    if isinstance(value, Mapping):
        return [tensor for part in value.values() for tensor in _tensors(part)]
    return [value.detach().clone()] if isinstance(value, torch.Tensor) else []


def _same(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) > 0 and all(map(torch.equal, a, b))


def _loader(parts: list[Any], size: int) -> Any:
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*parts), batch_size=size)


def _labels(data: Any) -> Any:
    """The classes of a data set, or of the part of it that is used."""
    if isinstance(data, torch.utils.data.Subset):
        return np.asarray(_labels(data.dataset))[np.asarray(data.indices, dtype=int)]
    return data.targets if hasattr(data, "targets") else [int(data[i][1]) for i in range(len(data))]


def _start(main: Any) -> None:
    """What ``python main.py`` does beyond an import: the body of ``if __name__ == "__main__"``, else main()."""
    guarded = [
        statement
        for node in ast.parse(inspect.getsource(main)).body
        if isinstance(node, ast.If) and any(getattr(part, "id", "") == "__name__" for part in ast.walk(node.test))
        for statement in node.body
    ]
    if guarded:
        exec(compile(ast.Module(guarded, []), "main.py", "exec"), vars(main))
    else:
        main.main()


class _Run:
    """A run of main.py: its train and validate are followed."""

    def __init__(self, main: Any) -> None:
        self.calls: list[dict[str, Any]] = []
        self.rates: list[float] = []
        self.batch_size = 0
        self.asked_training = False
        self.after: list[list[Any]] = []
        self.saved: list[tuple[str, list[Any]]] = []
        own = {"train": main.train, "validate": main.validate, "save": torch.save}
        anywhere: Any = torch
        self._train, self._validate = own["train"], own["validate"]
        main.train, main.validate, anywhere.save = self.train, self.validate, self.save
        self.error: Exception | None = None
        try:
            _start(main)
        except SystemExit as end:
            self.error = ValueError(f"main.py ends with {end}") if end.code else None
        except Exception as error:
            self.error = error
        finally:
            main.train, main.validate, anywhere.save = own["train"], own["validate"], own["save"]

    def train(self, *given: Any, **named: Any) -> Any:
        """One epoch on a few pictures."""
        call = {**dict(zip(TRAIN, given, strict=False)), **named}
        self.calls.append(call)
        group = call["optimizer"].param_groups[0]
        self.rates.append(float(group["lr"]))
        batches = list(islice(call["data_loader"], BATCHES))
        self.batch_size = len(batches[0][0])
        few = _loader([torch.cat(parts) for parts in zip(*batches, strict=True)], self.batch_size)
        result = self._train(**{**call, "data_loader": few}) if not given else self._train(given[0], few, *given[2:])
        self.after.append(_tensors(call["model"]))
        return result

    def validate(self, *given: Any, **named: Any) -> Any:
        """A few pictures, whose classes are such that a chosen number of answers is right."""
        call = {**dict(zip(VALIDATE, given, strict=False)), **named}
        # Batches may be as small as one picture.
        x = torch.cat([batch[0] for batch in islice(call["val_loader"], ROWS)])[:ROWS]
        with torch.no_grad():
            said = call["model"].eval()(x).argmax(1)
        trained_on = bool(self.calls) and call["val_loader"].dataset is self.calls[-1]["data_loader"].dataset
        self.asked_training = self.asked_training or trained_on
        counts = RIGHT_IN_TRAINING if trained_on else RIGHT
        right = torch.arange(len(x)) < counts[(len(self.after) - 1) % len(counts)]
        few = _loader([x, torch.where(right, said, (said + 1) % COLUMNS)], ROWS)
        return self._validate(**{**call, "val_loader": few}) if not given else self._validate(given[0], few, *given[2:])

    def save(self, obj: Any, f: Any, *given: Any, **named: Any) -> None:
        """Write down what is saved, where ``torch.save`` would."""
        self.saved.append((str(f), _tensors(obj)))


def _loss(case: Any, criterion: Any) -> float:
    focal = isinstance(criterion, FocalLoss)
    if case.loss_type == "Focal":
        return 1.0 if focal else 3.0
    return 1.0 if isinstance(criterion, torch.nn.CrossEntropyLoss) else 2.0


def _best(run: _Run) -> float:
    """Which epoch's weights are in the file that was written last."""
    if not run.saved:
        return 0.0
    matching = [epoch for epoch, tensors in enumerate(run.after) if _same(tensors, run.saved[-1][1])]
    codes = {BEST: 1.0, len(run.after) - 1: 2.0, 0: 6.0 if run.asked_training else 3.0}
    return min((codes.get(epoch, 5.0) for epoch in matching), default=4.0)


def _file_name(case: Any, run: _Run) -> float:
    if not run.saved:
        return 0.0
    path = Path(run.saved[-1][0])
    return 1.0 if (path.parent.name, path.name) == ("checkpoints", f"{case.network.lower()}.pth") else 2.0


def run(main: Any, case: Any) -> Yields:
    """main.py with the configuration of the case."""
    configure(case)
    done = _Run(main)
    if done.error is not None and len(done.after) < case.epochs:
        raise done.error
    if not done.calls:
        raise ValueError("main.py never calls train")
    call = done.calls[0]
    group, criterion, model = call["optimizer"].param_groups[0], call["criterion"], call["model"]
    model = model.module if isinstance(model, torch.nn.DataParallel) else model
    yield "learning rate", np.array(done.rates)
    yield (
        "settings",
        np.array([done.batch_size, group.get("momentum", 0.0), group["weight_decay"]], dtype=float),
    )
    yield "network", float(type(model).__name__ == CLASSES[case.network])
    yield "loss", _loss(case, criterion)
    weights = getattr(criterion, "weight", None)
    yield "class weights", np.ones(COLUMNS) if weights is None else weights.numpy()
    yield "best weights", _best(done)
    yield "file name", _file_name(case, done)
    yield "class sizes", np.bincount(_labels(call["data_loader"].dataset), minlength=COLUMNS).astype(float)
    if done.error is not None:
        raise done.error
