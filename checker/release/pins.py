"""Pins: the exact versions of everything that the checker is installed with, so that a grade comes out the same."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable
from typing import Any

from checker.assignment import PROJECT

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FOR_DEVELOPERS = "dev"


def constraints() -> str:
    """A constraints file for pip: what the project requires, and what that requires, as installed here.

    A local version such as `+cpu` is left out: pip prefers it where it is to be had. Packages for other systems are not
    installed here, so they are not pinned.
    """
    waiting = [*_project()["dependencies"], *_optional()]
    versions: dict[str, str] = {}
    while waiting:
        name = _name(waiting.pop())
        distribution = _installed(name)
        if distribution is not None and name not in versions:
            versions[name] = _version(distribution)
            waiting += [text for text in distribution.requires or () if "extra ==" not in text]
    return _lines(versions)


def extras() -> str:
    """A requirements file for pip: optional packages that are installed here, because they decide grades, too."""
    found = {name: _installed(name) for name in map(_name, _optional())}
    return _lines({name: _version(distribution) for name, distribution in found.items() if distribution is not None})


def _project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def _optional() -> Iterable[str]:
    groups: dict[str, list[str]] = _project().get("optional-dependencies", {})
    return [requirement for name, group in groups.items() if name != _FOR_DEVELOPERS for requirement in group]


def _installed(name: str) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _version(distribution: importlib.metadata.Distribution) -> str:
    return distribution.version.partition("+")[0]


def _name(requirement: str) -> str:
    match = _NAME.match(requirement.strip())
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def _lines(versions: dict[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))
