"""What main.py finds around it: no configuration, which it reads in main(), and that is not called."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def _anything(name: str) -> Any:
    """Loaders and whatever else is imported by name."""
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *given, **named: {}


for _name in ("yaml", "yaml.loader"):
    _yaml = ModuleType(_name)
    _yaml.__spec__ = ModuleSpec(_name, None)
    vars(_yaml).update(__path__=[], __getattr__=_anything)
    sys.modules.setdefault(_name, _yaml)
