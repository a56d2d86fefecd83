"""What code finds in the place of progress bars and of a GPU: nothing that is asked depends on either."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import torch


class _Bar:
    """Steps that pass through; whatever else is asked of the bar does nothing."""

    def __init__(self, iterable: Any = (), *given: Any, **named: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *given: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: None

    @staticmethod
    def write(*given: Any, **named: Any) -> None:
        """A line beside the bar."""


def _range(*given: Any, **named: Any) -> _Bar:
    return _Bar(range(*given))


def _no_bars() -> None:
    for name in ("tqdm", "tqdm.auto", "tqdm.notebook"):
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        vars(module).update(tqdm=_Bar, trange=_range, __path__=[])
        sys.modules[name] = module
    vars(sys.modules["tqdm"]).update(auto=sys.modules["tqdm.auto"], notebook=sys.modules["tqdm.notebook"])


def _here(device: Any) -> Any:
    """The device that is there instead of a GPU."""
    return "cpu" if isinstance(device, str | torch.device) and str(device).startswith("cuda") else device


def _to_cpu(owner: Any) -> None:
    """Code that was written for a GPU finds its tensors where they are."""
    own = owner.to

    def to(self: Any, *given: Any, **named: Any) -> Any:
        return own(self, *map(_here, given), **{name: _here(value) for name, value in named.items()})

    owner.to, owner.cuda = to, lambda self, *given, **named: self


_no_bars()
_to_cpu(torch.Tensor)
_to_cpu(torch.nn.Module)
