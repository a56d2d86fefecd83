"""Calls the torch homework: twice a vector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch


def double(hw: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """``y`` is what the submission's ``double`` returns."""
    yield "y", hw.double(torch.tensor(case.x)).detach().numpy()
