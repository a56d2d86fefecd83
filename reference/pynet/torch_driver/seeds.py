"""Every source of chance that a script may use."""

from __future__ import annotations

import random

import numpy as np
import torch


def seed(number: int) -> None:
    """Start them all again."""
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)
