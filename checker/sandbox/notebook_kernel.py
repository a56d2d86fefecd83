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
import types
from collections.abc import Iterator
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


def prepare() -> None:
    """Make torchvision importable, let it find the data, and seed what can be seeded."""
    random.seed(0)
    with contextlib.suppress(ImportError):
        import numpy

        numpy.random.seed(0)
    if SETUP.get("vision"):
        torchvision = _load("torchvision import", f"{SETUP['vision']}/torchvision_import.py").load()
        if SETUP.get("data"):
            _load("serving", f"{SETUP['vision']}/serving.py").serve(torchvision, SETUP["data"])
        _load("splits", f"{SETUP['vision']}/splits.py").allow(sys.modules["torch"])
    with contextlib.suppress(ImportError):
        torch: Any = importlib.import_module("torch")
        torch.manual_seed(0)
        torch.set_num_threads(1)
        _one_device(torch)
    if importlib.util.find_spec("tqdm") is None:
        for name in ("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.autonotebook"):
            sys.modules[name] = _silent_progress(name)


def _one_device(torch: Any) -> None:
    """Code that was written for a GPU, or to load data in other processes, runs where there is neither."""

    def on_cpu(value: Any) -> Any:
        if isinstance(value, (torch.device, str)):
            return torch.device("cpu") if str(value).partition(":")[0] in ("cuda", "mps") else value
        return torch.device("cpu") if type(value) is int else value

    for owner in (torch.Tensor, torch.nn.Module):
        move = owner.to

        def to(self: Any, *arguments: Any, _move: Any = move, **options: Any) -> Any:
            return _move(self, *map(on_cpu, arguments), **{name: on_cpu(value) for name, value in options.items()})

        owner.to = to
        owner.cuda = lambda self, *arguments, **options: self
    start = torch.utils.data.DataLoader.__init__

    def loader(self: Any, *arguments: Any, **options: Any) -> None:
        for name in ("num_workers", "prefetch_factor", "persistent_workers", "pin_memory", "multiprocessing_context"):
            options.pop(name, None)
        start(self, *arguments, **options)

    torch.utils.data.DataLoader.__init__ = loader


class _Progress:
    """A progress bar that shows nothing."""

    def __init__(self, iterable: Any = (), *arguments: Any, **options: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: Any) -> None:
        """Nothing to end."""

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: None


def _silent_progress(name: str) -> Any:
    module: Any = types.ModuleType(name)
    module.tqdm = module.tqdm_notebook = _Progress
    module.trange = lambda *arguments, **options: _Progress(range(*arguments))
    return module


def main() -> None:
    """Serve until the worker ends it."""
    from ipykernel.iostream import IOPubThread
    from ipykernel.kernelapp import IPKernelApp

    prepare()
    # It would listen on a network address for the prints of further processes, and end when that is refused.
    IOPubThread._setup_pipe_in = lambda self: setattr(self, "_pipe_flag", False)  # type: ignore[method-assign]
    app: Any = IPKernelApp.instance()
    app.initialize(["--HistoryManager.enabled=False", *sys.argv[3:]])
    # Last, so that no file of the submission is taken for a module of the kernel's.
    sys.path.append(str(Path.cwd()))
    shell = app.shell
    # There is no shell, and nothing that could be installed.
    shell.system = shell.system_piped = shell.system_raw = lambda command: print(f"not run here: {command}")
    shell.getoutput = lambda command, **options: []
    for name in ("pip", "conda"):
        shell.register_magic_function(lambda line: print(f"not run here: {line}"), magic_name=name)
    app.start()


if __name__ == "__main__":
    main()
