"""What a call may give: tensors, arrays and lists, in either precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import torch

Yields = Iterator[tuple[Any, Any]]


def numbers(value: Any) -> Any:
    """A tensor as an array; a list of numbers is as good."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
        return value.astype(np.float64) if value.dtype.kind in "iu" else value
    return np.array(value, dtype=np.float64) if isinstance(value, (list, tuple)) else value


def number(value: Any) -> Any:
    """An array with a single entry is as good as the number."""
    with suppress(Exception):
        return float(np.asarray(numbers(value)).item())
    return numbers(value)


def in_either_precision(run: Callable[[torch.dtype], Any]) -> Any:
    """In double precision, or in float32 where the code insists on it."""
    try:
        return run(torch.float64)
    except Exception:
        return run(torch.float32)
