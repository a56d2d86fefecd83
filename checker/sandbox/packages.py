"""Which files and folders an installed package consists of."""

from __future__ import annotations

import functools
import importlib.metadata
import re
from collections.abc import Sequence
from pathlib import Path

from checker.sandbox.errors import GraderError

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def entries(packages: Sequence[str]) -> tuple[Path, ...]:
    """What these packages and all that they require have in site-packages; GraderError when one is not installed."""
    return _entries(tuple(packages))


@functools.cache
def _entries(packages: tuple[str, ...]) -> tuple[Path, ...]:
    found: dict[str, Path] = {}
    waiting = [(name, True) for name in packages]
    seen = set()
    while waiting:
        name, needed = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in seen:
            continue
        seen.add(key)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            # A requirement that is not here is one for other systems or versions: its marker was false on installation.
            if needed:
                raise GraderError(f"the package {name} is not installed beside the grader") from None
            continue
        tops = {
            file.parts[0] for file in distribution.files or () if len(file.parts) > 1 or file.suffix in (".py", ".so")
        }
        for top in sorted(tops - {"..", "__pycache__"}):
            found[top] = Path(str(distribution.locate_file(top))).resolve()
        waiting += [(_name(text), False) for text in distribution.requires or () if "extra ==" not in text]
    return tuple(path for _, path in sorted(found.items()) if path.exists())


def _name(requirement: str) -> str:
    match = _REQUIREMENT.match(requirement)
    assert match is not None, requirement
    return match[1]
