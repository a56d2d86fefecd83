"""What main.py finds around it: the configuration that is asked for, and nothing that is not needed here."""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

CONFIGURATION = Path(tempfile.gettempdir()) / f"configuration-{secrets.token_hex(8)}.yaml"


def stand_in(name: str, **contents: Any) -> None:
    """A module in the place of one that main.py imports."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(contents)
    sys.modules[name] = module


def _read(stream: Any, *given: Any, **named: Any) -> Any:
    """The configuration is written as JSON, which is YAML, too."""
    return json.loads(stream if isinstance(stream, str | bytes) else stream.read())


def _other(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *given, **named: ""


def configure(case: Any) -> None:
    """Write the file that ``--config`` names."""
    train = ("batch_size", "learning_rate", "reg", "epochs", "steps", "warmup", "momentum")
    data = {"save_best": True, "imbalance": case.imbalance, "reweight": case.reweight, "beta": case.beta}
    sections = {
        "Train": {name: getattr(case, name) for name in train},
        "network": {"model": case.network},
        "data": data,
        "loss": {"loss_type": case.loss_type},
    }
    CONFIGURATION.write_text(json.dumps(sections))


def _forgiving(make: Callable[..., None]) -> Callable[..., None]:
    """Folders for checkpoints need not be there: what is saved is only written down."""

    def made(*given: Any, **named: Any) -> None:
        with suppress(OSError):
            make(*given, **named)

    return made


# Some scripts read their arguments when they are imported, others in main().
sys.argv[1:] = ["--config", str(CONFIGURATION)]
for _name in ("yaml", "yaml.loader"):
    # Whatever else a script takes from it: loaders, dump.
    stand_in(_name, safe_load=_read, load=_read, full_load=_read, YAMLError=ValueError, __path__=[], __getattr__=_other)
os.mkdir = _forgiving(os.mkdir)
