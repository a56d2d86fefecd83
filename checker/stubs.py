"""Whether a function is still the stub that was handed out: a body that does nothing."""

from __future__ import annotations

import ast


def untouched(source: str, name: str) -> bool:
    """True when function ``name`` (``Linear.forward``) has no statement that computes anything.

    False when the source cannot be parsed or has no such function.
    """
    try:
        body: list[ast.stmt] = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next(
            (item for item in body if isinstance(item, ast.FunctionDef | ast.ClassDef) and item.name == part), None
        )
        if node is None:
            return False
        body = node.body
    return isinstance(node, ast.FunctionDef) and all(_does_nothing(statement) for statement in body)


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None | ast.Constant(value=None) | ast.Name()):
            return True
        case ast.Return(value=ast.Tuple() as value):
            return _is_placeholder(value)
        case ast.Assign(value=ast.Tuple() as value):
            return _is_placeholder(value)
        case ast.Assign(targets=[ast.Tuple()], value=ast.Name()):
            return True  # a tuple taken apart
        case ast.Assign(value=value):
            return _is_none(value)
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")) | ast.Name(id="NotImplementedError")):
            return True
    return False


def _is_placeholder(node: ast.expr) -> bool:
    """A name, None, or a tuple of them: nothing computed."""
    if isinstance(node, ast.Tuple):
        return all(map(_is_placeholder, node.elts))
    return isinstance(node, ast.Name) or _is_none(node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
