"""The parameter lists that the template has."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

_SIGNATURES = {
    "classes": {
        "__init__": ("self", "lrate", "loss_fn", "in_size", "out_size"),
        "forward": ("self", "x"),
        "step": ("self", "x", "y"),
        "fit": ("train_set", "train_labels", "dev_set", "n_iter", "batch_size"),
    },
    "images": {
        "__init__": ("self", "lrate", "loss_fn", "in_size", "out_size"),
        "forward": ("self", "x"),
        "step": ("self", "x"),
        "fit": ("train_set", "dev_set", "n_iter", "batch_size"),
    },
}


def _changed_signature(function: Any, names: tuple[str, ...]) -> float:
    parameters = inspect.signature(function).parameters
    right = tuple(parameters) == names and ("batch_size" not in names or parameters["batch_size"].default == 100)
    return 0.0 if right else 1.0


def signatures(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    for name, names in _SIGNATURES["classes" if case.classes else "images"].items():
        function = module.fit if name == "fit" else getattr(module.NeuralNet, name)
        yield f"signature[{name}]", _changed_signature(function, names)
