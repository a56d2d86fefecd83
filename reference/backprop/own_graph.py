"""How many operators the student's own graph has: those in the syntax tree that its first returned value hangs on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from checker.assignment import Check, Finding, HandedIn
from checker.stubs import untouched

_CONVERSIONS = ("float", "int", "float64")


def least_operators(function: str, least: int, task: str) -> Check:
    """A function's output is made by at least so many operators: signs, sums, products, powers, comparisons, calls."""

    def check(handed_in: HandedIn) -> list[Finding]:
        findings = []
        for file, text in handed_in.sources.items():
            count = None if untouched(text, function) else operators(text, function)
            if count is not None and count < least:
                message = f"{function} is asked to have at least {least} operators; its output is made by {count}"
                findings.append(Finding(message, file, task))
        return findings

    return check


def operators(text: str, function: str) -> int | None:
    """The operators that the output of a top-level function hangs on; None when it cannot be told."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == function), None)
    if found is None:
        return None
    waiting = [_output(node.value) for node in ast.walk(found) if isinstance(node, ast.Return) and node.value]
    sources = dict(_assignments(found))
    count, seen = 0, set()
    while waiting:
        expression = waiting.pop()
        for node in ast.walk(expression):
            count += _is_operator(node)
            if isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                waiting += sources.get(node.id, [])
    return count


def _output(returned: ast.expr) -> ast.expr:
    """The first of the returned values."""
    if isinstance(returned, ast.Tuple | ast.List) and returned.elts:
        return returned.elts[0]
    return returned


def _assignments(function: ast.FunctionDef) -> Iterator[tuple[str, list[ast.expr]]]:
    """Every name of a function with the expressions that it gets its values from."""
    table: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    _bind(table, target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                _bind(table, target, value)
            case ast.NamedExpr(target=target, value=value):
                _bind(table, target, value)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                table.setdefault(name, []).append(ast.BinOp(target, op, value))
    yield from table.items()


def _bind(table: dict[str, list[ast.expr]], target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Tuple | ast.List):
        pairs = zip(target.elts, value.elts, strict=False) if isinstance(value, ast.Tuple | ast.List) else ()
        for one, its in pairs or ((one, value) for one in target.elts):
            _bind(table, one, its)
    elif isinstance(target, ast.Name):
        table.setdefault(target.id, []).append(value)


def _is_operator(node: ast.AST) -> bool:
    match node:
        case ast.BinOp() | ast.Compare() | ast.IfExp():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return not isinstance(operand, ast.Constant)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name not in _CONVERSIONS
    return False
