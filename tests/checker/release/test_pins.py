"""Pins: whatever decides a grade is installed in the same version again."""

from __future__ import annotations

import importlib.metadata

from packaging.requirements import Requirement

from checker.release.pins import constraints, extras


def _pinned(text: str) -> dict[str, str]:
    requirements = [Requirement(line) for line in text.splitlines()]
    assert all(len(each.specifier) == 1 and str(each.specifier).startswith("==") for each in requirements)
    return {each.name: next(iter(each.specifier)).version for each in requirements}


def test_direct_and_indirect_requirements_are_pinned():
    """As they are installed here, local builds aside."""
    pinned = _pinned(constraints())

    assert {"torch", "hypothesis", "numpy", "msgspec", "sympy"} <= pinned.keys()
    assert all(importlib.metadata.version(name).partition("+")[0] == version for name, version in pinned.items())


def test_tools_of_developers_stay_out():
    """A grade does not depend on them."""
    assert not {"pytest", "ruff", "mypy"} & {*_pinned(constraints()), *_pinned(extras())}


def test_optional_packages_are_among_the_pins():
    """pip installs them by name."""
    assert _pinned(extras()).items() <= _pinned(constraints()).items()
