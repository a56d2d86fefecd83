"""What the student's code raised, as plain text, whatever the exception object does.

The worker loads this file by its path, so it imports only the standard library. A fault travels as
``[kind, message, type, where, module]``.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from typing import Any

MESSAGE_LENGTH = 500

_name_of = type.__dict__["__name__"].__get__
_trace_of = BaseException.__dict__["__traceback__"].__get__
_not_word = re.compile(r"[^A-Za-z0-9_]").sub
_relative = os.path.relpath

Described = tuple[str, str, str, str, str]


def describe(error: BaseException, stage: str, memory: str) -> Described:
    """A caught exception; ``stage`` is the submission's folder, ``memory`` the memory limit in words."""
    trace = sys.exc_info()[2]
    if type(error) is RuntimeError and type(error.__cause__) is StopIteration:
        # Inside a driver's generator Python turns StopIteration into RuntimeError: show what the student raised.
        error = error.__cause__
        trace = _trace_of(error)
    kind = type(error)
    name = _not_word("_", _name_of(kind))[:60]
    where = _where(trace, stage)
    if issubclass(kind, MemoryError):
        return "memory", _text(error) or f"more memory than the limit of {memory}", name, where, ""
    if issubclass(kind, SyntaxError):
        return "raised", _attribute(error, SyntaxError, "msg") or _text(error), name, _place(error, stage) or where, ""
    if issubclass(kind, SystemExit):
        code = _attribute(error, SystemExit, "code")
        shown = "" if code is None else repr(code)[:50] if type(code) in (int, str) else "..."
        return "raised", f"the code called sys.exit({shown})", name, where, ""
    if issubclass(kind, (KeyboardInterrupt, GeneratorExit)):
        return "raised", _text(error) or f"the code raised {name}", name, where, ""
    return "raised", _text(error), name, where, _missing(error) if issubclass(kind, ModuleNotFoundError) else ""


def plain(text: str, length: int = MESSAGE_LENGTH) -> str:
    """An exact str of bounded length that every encoder accepts."""
    short = str.__getitem__(text, slice(0, length))
    return short.encode("utf-8", "backslashreplace").decode()[: 2 * length]


def _text(error: BaseException) -> str:
    try:
        text = str(error)
        return plain(text) + ("..." if str.__len__(text) > MESSAGE_LENGTH else "")
    except BaseException:  # the student's __str__ may raise anything
        return "(the exception's text cannot be shown)"


def _attribute(error: BaseException, owner: type, name: str) -> Any:
    """An attribute as the built-in class stores it: a subclass may define a property of the same name."""
    value = owner.__dict__[name].__get__(error)
    return plain(value) if issubclass(type(value), str) else value


def _inside(filename: Any, stage: str) -> str:
    if type(filename) is not str or not filename.startswith(stage + os.sep):
        return ""
    return plain(_relative(filename, stage), 200)


def _place(error: BaseException, stage: str) -> str:
    path = _inside(_attribute(error, SyntaxError, "filename"), stage)
    line = _attribute(error, SyntaxError, "lineno")
    return f"{path}:{line}" if path and type(line) is int else path


def _where(trace: Any, stage: str) -> str:
    """The innermost frame inside the submission."""
    found = ""
    code = line = None
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if type(filename) is str and filename.startswith(stage):
            code, line = trace.tb_frame.f_code, trace.tb_lineno
        trace = trace.tb_next
    if code is not None and (path := _inside(code.co_filename, stage)):
        found = f"{path}:{line} in {plain(code.co_name, 100)}"
    return found


def _missing(error: BaseException) -> str:
    """The module that is not there, as far as that is true."""
    name = _attribute(error, ImportError, "name")
    try:
        if type(name) is not str or name in sys.modules or ("." not in name and importlib.util.find_spec(name)):
            return ""
    except (ImportError, ValueError):
        return ""
    return name[:100]
