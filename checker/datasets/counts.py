"""Numbers of images in a notebook's code: those of the published set become the same shares of the smaller set.

``pixels[:50000]``, ``len(train) - 10000`` and ``right / 10000`` are wrong about a small set in ways that no function
can mend. With this, ``50000`` in the code is five sixths of the set that is there, ``10000`` one sixth. Runs in the
student's process, needs the standard library only and can be loaded by its path.
"""

from __future__ import annotations

import ast
from pathlib import Path

PUBLISHED = 60000
_STEP, _LEAST = 1000, 2000
_SIZES = frozenset({"Linear", "LazyLinear", "Unflatten", "view", "reshape", "manual_seed", "seed"})
"""Calls whose numbers are no numbers of images: features of a layer, seeds."""


def images(root: str) -> int:
    """How many training images the ``FashionMNIST`` below ``root`` has; as many as published where there is none."""
    try:
        with (Path(root) / "FashionMNIST" / "raw" / "train-images-idx3-ubyte").open("rb") as file:
            return int.from_bytes(file.read(8)[4:], "big")
    except OSError:
        return PUBLISHED


class Counts(ast.NodeTransformer):
    """Scales round numbers up to that of the published set, for a set of ``there`` images."""

    def __init__(self, there: int) -> None:
        self.there = there

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """One number, whole even when it is written as a float."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return node
        if not _LEAST <= value <= PUBLISHED or value % _STEP:
            return node
        return ast.copy_location(ast.Constant(type(value)(round(value * self.there / PUBLISHED))), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Not the numbers of some calls."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _SIZES:
            return self.generic_visit(node)
        # As in images[:50000].view(...): only what is called, not what it is called with.
        node.func = self.visit(node.func)
        return node
