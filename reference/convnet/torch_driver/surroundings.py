"""What main.py finds around it: no configuration, which it reads in main(), and that is not called."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_yaml = ModuleType("yaml")
_yaml.__spec__ = ModuleSpec("yaml", None)
vars(_yaml).update(safe_load=lambda stream: {})
sys.modules.setdefault("yaml", _yaml)
