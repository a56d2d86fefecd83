"""What main.py finds around it: no arguments, and stand-ins for packages that are not needed here."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock


def _stand_in(name: str, **contents: Any) -> None:
    """An empty module in the place of one that main.py imports and that is not needed here."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(contents)
    sys.modules.setdefault(name, module)


# main.py reads its arguments and configuration in main(), which is not called; some read arguments when imported.
sys.argv[1:] = []
_stand_in("yaml", safe_load=lambda stream: {})
_plots = MagicMock()
_stand_in("matplotlib", pyplot=_plots, use=_plots, __path__=[])
sys.modules.setdefault("matplotlib.pyplot", _plots)
