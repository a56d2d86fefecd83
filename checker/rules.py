"""Rules: the breaches that a homework's rubric can price. A rule reads; it never runs anything."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from checker.assignment import Check, Finding, HandedIn


def no_iteration(handed_in: HandedIn) -> list[Finding]:
    """No loop, comprehension, ``apply_along_axis``, ``vectorize`` or ``map`` in a task's functions or what they call.

    Calls are followed into functions and methods of the same file. Going through the entries of a dictionary, or
    through words, is no iteration over numbers.
    """
    findings = []
    for file, text in handed_in.sources.items():
        functions = _functions(text)
        for task in handed_in.tasks:
            for name in _reachable(functions, task.where):
                for line, what in _iterations(functions[name]):
                    findings.append(Finding(f"{what} in {name}", f"{file}:{line}", task.id))
    return findings


def no_prints(handed_in: HandedIn) -> list[Finding]:
    """Nothing may be printed while a task's code runs."""
    findings = []
    for task in handed_in.tasks:
        text = handed_in.printed.get(task.id, "").strip()
        if text:
            first = text.split("\n", 1)[0][:80]
            findings.append(Finding(f"{task.id} prints, and nothing was asked to be printed: {first}", task=task.id))
    return findings


def provided_unchanged(handed_in: HandedIn) -> list[Finding]:
    """The provided files are as handed out (the grader runs its own copies in any case)."""
    return [Finding(f"{file} differs from the hand-out; the handed-out file was used") for file in handed_in.changed]


def required_files(*patterns: str) -> Check:
    """Each glob pattern matches a file somewhere in the submission."""

    def check(handed_in: HandedIn) -> list[Finding]:
        return [
            Finding(f"{pattern} is missing from the submission")
            for pattern in patterns
            if not any(path.is_file() and not path.is_symlink() for path in handed_in.folder.rglob(pattern))
        ]

    return check


def archive_name(pattern: str, example: str) -> Check:
    """An archive that was handed in has a name that matches a regular expression; folders are not judged."""

    def check(handed_in: HandedIn) -> list[Finding]:
        name = handed_in.submission.name
        if handed_in.submission.is_dir() or re.fullmatch(pattern, name):
            return []
        return [Finding(f"the archive is named {name}, asked for is a name like {example}")]

    return check


_LOOPS: tuple[tuple[type[ast.AST], str], ...] = (
    (ast.For, "a for loop"),
    (ast.While, "a while loop"),
    (ast.comprehension, "a comprehension"),
)
_ITERATING_CALLS = (
    "apply_along_axis",
    "apply_over_axes",
    "vectorize",
    "frompyfunc",
    "map",
    "fromiter",
    "nditer",
    "ndenumerate",
)


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


def _over_names(node: ast.AST) -> bool:
    """Whether a loop goes through the entries of a dictionary or through words that stand there."""
    match getattr(node, "iter", None):
        case ast.Call(func=ast.Attribute(attr="items" | "keys" | "values"), args=[]):
            return True
        case ast.Tuple(elts=words) | ast.List(elts=words) | ast.Set(elts=words):
            return all(isinstance(word, ast.Constant) and isinstance(word.value, str) for word in words)
    return False


def _iterations(function: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(function):
        for kind, what in _LOOPS:
            if isinstance(node, kind) and not _over_names(node):
                # What is no comprehension here is a statement or a call, which has a line.
                line = node.target.lineno if isinstance(node, ast.comprehension) else node.lineno  # type: ignore[attr-defined]
                yield line, what
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _ITERATING_CALLS:
                yield node.lineno, f"a call of {name}"
