"""The tensors that a network learns, and when two of them count as equal."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import torch

SLACK = 2000 * 2.0**-24
"""Roundings of the longest sums in a network, in float32: what two ways to the same number may differ by."""


def tensors(net: Any) -> list[Any]:
    """Every tensor that a network can learn: registered, listed by get_parameters, or just held.

    A layer in a plain list is none of the network's modules, and learns, or ought to, all the same.
    """
    found: dict[int, Any] = {id(tensor): tensor for tensor in net.parameters()}
    waiting: list[Any] = [net]
    seen: set[int] = set()
    with suppress(Exception):
        waiting.append(list(net.get_parameters()))
    while waiting:
        value = waiting.pop()
        if isinstance(value, torch.Tensor):
            if value.requires_grad and value.is_leaf:
                found.setdefault(id(value), value)
        elif isinstance(value, torch.nn.Module):
            if id(value) not in seen:
                seen.add(id(value))
                waiting += vars(value).values()
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return list(found.values())


def values(net: Any) -> list[Any]:
    return [tensor.detach().clone() for tensor in tensors(net)]


def same(a: list[Any], b: list[Any]) -> bool:
    return all(
        bool(((x - y).abs() <= SLACK * (x.abs() + y.abs()).max()).all()) or torch.equal(x, y)
        for x, y in zip(a, b, strict=True)
    )


def near(a: float, b: float) -> bool:
    return abs(a - b) <= SLACK * (1 + abs(b))
