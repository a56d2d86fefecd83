"""What a script finds around it: no arguments, no plots, no progress bars, no GPU."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import torch


class _Watching:
    """Steps that are shown on the way: they pass through."""

    def __init__(self, steps: Any = (), *given: Any, **named: Any) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[Any]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getattr__(self, name: str) -> Any:
        return MagicMock()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *given: Any) -> None:
        return None


def _stand_in(name: str, **contents: Any) -> None:
    """A module in the place of one that draws, logs or shows progress, which nothing depends on."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    module.__getattr__ = lambda wanted: MagicMock() if not wanted.startswith("__") else _missing(wanted)  # type: ignore[method-assign]
    vars(module).update(contents)
    sys.modules.setdefault(name, module)


def _missing(name: str) -> Any:
    raise AttributeError(name)


def _subplots(rows: int = 1, columns: int = 1, *given: Any, **named: Any) -> Any:
    axes = np.empty((rows, columns), dtype=object)
    for place in np.ndindex(rows, columns):
        axes[place] = MagicMock()
    return MagicMock(), axes.squeeze() if axes.size > 1 else axes[0, 0]


sys.argv[1:] = []
_plots = MagicMock(subplots=_subplots)
_stand_in("matplotlib", pyplot=_plots, __path__=[])
sys.modules.setdefault("matplotlib.pyplot", _plots)
_stand_in("tqdm", tqdm=_Watching, trange=lambda *given, **named: _Watching(range(*given)), __path__=[])
for _name in ("tqdm.auto", "tqdm.notebook"):
    _stand_in(_name, tqdm=_Watching)
for _name in ("torchsummary", "torchinfo", "tensorboardX", "torch.utils.tensorboard"):
    _stand_in(_name)


def _to_cpu(owner: Any) -> None:
    """Code that was written for a GPU finds its tensors where they are."""
    own = owner.to

    def to(self: Any, *given: Any, **named: Any) -> Any:
        def here(value: Any) -> Any:
            return "cpu" if isinstance(value, str | torch.device) and str(value).startswith("cuda") else value

        return own(self, *map(here, given), **{name: here(value) for name, value in named.items()})

    owner.to, owner.cuda = to, lambda self, *given, **named: self


_to_cpu(torch.Tensor)
_to_cpu(torch.nn.Module)
# Parameters of lazy layers, which have no shape yet, refuse every method that they do not know.
torch.nn.parameter.UninitializedTensorMixin._allowed_methods += [torch.Tensor.to, torch.Tensor.cuda]  # type: ignore[attr-defined]
