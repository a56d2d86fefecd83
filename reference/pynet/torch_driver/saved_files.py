"""What is saved of the student's own model, and whether the script loads it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import torch

from . import seeds
from .given import Yields, begin, loaders_of
from .offers import as_script, steered, untrained
from .runs import Now, Run


def _predictions(model: Any, images: Any, *, apart: bool = False) -> Any:
    seeds.seed(0)
    model = copy.deepcopy(model) if apart else model
    with torch.no_grad():
        return model.eval()(images)


def _reloaded(fresh: Any, value: Any) -> Any:
    """A model with what was saved; None when nothing in it fits."""
    if isinstance(value, torch.nn.Module):
        return value
    for part in [value, *(value.values() if isinstance(value, Mapping) else [])]:
        if isinstance(part, torch.nn.Module):
            return part
        with suppress(Exception):
            fresh.load_state_dict(part)
            return fresh
    return None


def _another_tested(run: Run) -> bool:
    """Whether the test that follows a load is of a model that has nothing of what was loaded."""
    if not run.tested or not run.given_weights.keys().isdisjoint(run.tested):
        return False
    if run.given_weights and not steered().isdisjoint(run.tested):
        # After the best epoch, the model that was trained has the weights that were saved, too, as luck has it.
        return True
    # A copy, or weights that were put in one by one.
    known = [*run.from_file, *run.given_weights.values()]
    return not all(any(torch.equal(part, value) for value in known) for part in run.tested.values())


def saved_files(module: Any) -> Yields:
    """What is saved of the student's own model; and the script as it runs by itself."""
    loaders = loaders_of(2, 1, validation=100)
    images = loaders["val"].dataset.tensors[0]
    for one_by_one in (False, True):
        model, optimizer = untrained(module)
        begin(module, loaders)
        Now.run.predict = partial(_predictions, model, images, apart=True)
        with suppress(ZeroDivisionError):
            module.train(model, optimizer, 1)
        if not Now.run.saves and one_by_one:
            module.test(loaders["val"], model)
        if Now.run.saves:
            break
    yield "saving", _saving(module, images)
    if not Now.imported.tested_after_load:
        as_script(module)
    alone = Now.main or Now.imported
    if alone.tested_after_load:
        yield "loading", 3.0 if _another_tested(alone) else 1.0
    else:
        yield "loading", 2.0 if alone.loaded else 0.0


def _saving(module: Any, images: Any) -> float:
    if not Now.run.saves:
        return 0.0
    path, wanted = Now.run.saves[-1]
    model = _reloaded(untrained(module)[0], torch.load(path))
    if model is None:
        return 2.0
    return 1.0 if torch.equal(_predictions(model, images), wanted) else 3.0
