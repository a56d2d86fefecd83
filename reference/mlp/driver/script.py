"""A training script, run as the command line runs it, and ways to listen to what it calls."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any


class EnoughError(BaseException):
    """Ends a script that goes on far beyond its last step; no ``except Exception`` of its own stops that."""


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Another attribute for a while."""
    own, original = name in vars(owner), getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original) if own else delattr(owner, name)


def heard(owner: Any, name: str, listen: Callable[..., None], late: bool = False) -> AbstractContextManager[None]:
    """Pass a method's arguments, in its own order, to ``listen`` before (``late``: after) every call."""
    original = getattr(owner, name)
    signature = inspect.signature(original)

    def method(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        bound.apply_defaults()
        arguments = list(bound.arguments.values())
        if not late:
            listen(*arguments)
        result = original(*given, **named)
        if late:
            listen(*arguments)
        return result

    return replaced(owner, name, method)


def run(path: str) -> None:
    """Run a file as a script that lies in the current folder, where it may write; errors tell its real place."""
    script = types.ModuleType("__main__")
    script.__file__ = str(Path(path).name)
    code = compile(Path(path).read_bytes(), path, "exec")
    previous, sys.modules["__main__"] = sys.modules["__main__"], script
    try:
        exec(code, vars(script))
    finally:
        sys.modules["__main__"] = previous


def run_with(path: str, flags: Mapping[str, Any]) -> BaseException | None:
    """Run a script with these flags; what stopped it, if anything did that should not."""
    sys.argv[:] = [path, *(word for flag, value in flags.items() for word in (f"--{flag}", str(value)))]
    try:
        run(path)
    except EnoughError:
        pass
    except (Exception, SystemExit) as error:
        if not isinstance(error, SystemExit) or error.code:
            return error
    finally:
        del sys.argv[1:]
    return None
