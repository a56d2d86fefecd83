"""The program that is a notebook's kernel: ``notebook_kernel.py SETUP PACKAGES -f CONNECTION_FILE``.

It runs inside the fence that the worker has put around itself. Started by ``notebook_run.py``.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import random
import sys
from pathlib import Path
from typing import Any

SETUP, PACKAGES = json.loads(sys.argv[1]), sys.argv[2]
sys.path.append(PACKAGES)


def _load(name: str, path: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _beside(name: str) -> Any:
    return _load(name, str(Path(__file__).parent / f"{name}.py"))


def prepare(notebook_shell: Any) -> None:
    """Make torchvision importable, let it find the data, and seed what can be seeded."""
    _beside("stand_ins").install()
    random.seed(0)
    legacy = None
    with contextlib.suppress(ImportError):
        import numpy

        numpy.random.seed(0)
        legacy = _beside("legacy")
        legacy.restore()
    if SETUP.get("vision"):
        torchvision = _load("torchvision import", f"{SETUP['vision']}/torchvision_import.py").load()
        if SETUP.get("data"):
            _load("serving", f"{SETUP['vision']}/serving.py").serve(torchvision, SETUP["data"])
        _load("splits", f"{SETUP['vision']}/splits.py").allow(sys.modules["torch"])
    with contextlib.suppress(ImportError):
        torch: Any = importlib.import_module("torch")
        torch.manual_seed(0)
        torch.set_num_threads(1)
        _beside("one_device").install(torch)
        if legacy is not None:
            legacy.restore_torch(torch)
        notebook_shell.colab_folder(torch, Path.cwd())


def main() -> None:
    """Serve until the worker ends it."""
    from ipykernel.iostream import IOPubThread
    from ipykernel.kernelapp import IPKernelApp

    notebook_shell = _beside("notebook_shell")
    prepare(notebook_shell)
    # It would listen on a network address for the prints of further processes, and end when that is refused.
    # mypy takes replacing a method for a slip; here it is meant.
    IOPubThread._setup_pipe_in = lambda self: setattr(self, "_pipe_flag", False)  # type: ignore[method-assign]
    app: Any = IPKernelApp.instance()
    app.initialize(["--HistoryManager.enabled=False", *sys.argv[3:]])
    # Last, so that no file of the submission is taken for a module of the kernel's.
    sys.path.append(str(Path.cwd()))
    shell = app.shell
    notebook_shell.prepare(shell)
    if SETUP.get("data"):
        counts = _load("counts", f"{SETUP['vision']}/counts.py")
        shell.ast_transformers.append(counts.Counts(counts.images(SETUP["data"])))
    app.start()


if __name__ == "__main__":
    main()
