"""Rules: what a homework forbids or demands besides right answers, and what breaking it costs.

A rule looks at the student's sources (syntax trees) or at what the code printed; it never runs anything.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from checker.assignment import Rule, Task

Deduct = Literal["all", "note"] | float


@dataclass(frozen=True)
class Evidence:
    """What rules are judged on: the text of each of the student's files and what each task's run printed."""

    sources: Mapping[str, str]
    printed: Mapping[str, str]


@dataclass(frozen=True)
class Finding:
    """One breach: ``where`` is ``file.py:12``, ``function`` the qualified name of the function it is in ("" for none)."""

    message: str
    where: str = ""
    function: str = ""


def no_iteration() -> Callable[[Evidence, Task], list[Finding]]:
    """No loop, comprehension, ``apply_along_axis``, ``vectorize`` or ``map`` in a task's functions or what they call.

    Calls are followed into functions and methods of the same file.
    """

    def check(evidence: Evidence, task: Task) -> list[Finding]:
        findings = []
        for file, text in evidence.sources.items():
            functions = _functions(text)
            for name in _reachable(functions, task.where):
                findings += [
                    Finding(f"{what} in {name}", f"{file}:{line}", name) for line, what in _iterations(functions[name])
                ]
        return findings

    return check


def no_prints() -> Callable[[Evidence, Task], list[Finding]]:
    """Nothing may be printed while a task's code runs."""

    def check(evidence: Evidence, task: Task) -> list[Finding]:
        text = evidence.printed.get(task.id, "").strip()
        if not text:
            return []
        first = text.split("\n", 1)[0]
        return [Finding(f"the code prints, and nothing was asked to be printed; the first line is: {first[:80]}")]

    return check


_LOOPS: tuple[tuple[type[ast.AST], str], ...] = (
    (ast.For, "a for loop"),
    (ast.While, "a while loop"),
    (ast.comprehension, "a comprehension"),
)
_ITERATING_CALLS = ("apply_along_axis", "apply_over_axes", "vectorize", "frompyfunc", "map", "fromiter", "nditer", "ndenumerate")


def _functions(text: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods of a file by qualified name; empty when it does not parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return dict(_walk(tree.body, ""))


def _walk(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _walk(node.body, f"{prefix}{node.name}.")


def _reachable(functions: Mapping[str, ast.AST], start: Sequence[str]) -> list[str]:
    reached: list[str] = []
    waiting = [name for name in start if name in functions]
    while waiting:
        name = waiting.pop(0)
        if name in reached:
            continue
        reached.append(name)
        owner = name.rpartition(".")[0]
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Call):
                called = _called(node.func, owner)
                if called in functions:
                    waiting.append(called)
    return reached


def _called(node: ast.expr, owner: str) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            return f"{owner}.{name}"
        case ast.Attribute(value=ast.Name(id=holder), attr=name):
            return f"{holder}.{name}"
    return ""


def _iterations(function: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(function):
        for kind, what in _LOOPS:
            if isinstance(node, kind):
                line = node.target.lineno if isinstance(node, ast.comprehension) else node.lineno  # type: ignore[attr-defined]
                yield line, what
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _ITERATING_CALLS:
                yield node.lineno, f"a call of {name}"


__all__ = ["Deduct", "Evidence", "Finding", "Rule", "no_iteration", "no_prints"]
