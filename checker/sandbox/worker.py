"""The program that runs beside the student's code: ``worker.py REQUESTS REPLIES PACKAGES``.

It imports numpy and the driver, fences itself in, and then answers requests until the grader closes the pipe.
Replies: ``["ready", calls]`` once, ``["imported", fault]`` for each module, then for each case ``["outputs", names,
values, changed, aliases]`` for each step of the driver and ``["end", fault, cut]``. Only the standard library and numpy
are imported.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import random
import sys
import types
import warnings
from pathlib import Path
from typing import Any

sys.path.append(sys.argv[3])

import numpy.random

_HERE = Path(__file__).parent
_STATUS_CUT_OFF = 74
_GENERATOR = 0x20  # CO_GENERATOR


def _load(name: str, path: str) -> Any:
    """A module from its file, known to nobody by a name; or a package from its folder, known by ``name``."""
    package = Path(path).is_dir()
    file = Path(path) / "__init__.py" if package else path
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[path] if package else None)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    if package:
        sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


wire, arguments, returned, faults, confine, landlock, seccomp, legacy, stand_ins, one_device = (
    _load(f"grader {name}", str(_HERE / f"{name}.py"))
    for name in (
        *("wire", "arguments", "returned", "faults", "confine", "landlock", "seccomp"),
        *("legacy", "stand_ins", "one_device"),
    )
)

# Bound here once: the student's code may replace attributes of these modules later.
_seeds: list[Any] = [random.seed, numpy.random.seed]
_import, _exit, _stdout = importlib.import_module, os._exit, sys.stdout
_Namespace = types.SimpleNamespace


class Worker:
    """One process's conversation with the grader."""

    def __init__(self, requests: int, replies: int) -> None:
        self.requests = requests
        self.replies = replies
        setup, _ = wire.receive(requests)
        self.stage: str = setup["stage"]
        self.reply_limit: int = setup["reply"]
        self.memory: str = returned.size_text(setup["memory"])
        if setup["vision"]:
            torchvision = _load("torchvision import", f"{setup['vision']}/torchvision_import.py").load()
            if setup["data"]:
                _load("serving", f"{setup['vision']}/serving.py").serve(torchvision, setup["data"])
        if setup["notebooks"]:
            notebook_run = _load("notebook_run", str(_HERE / "notebook_run.py"))
            notebook_run.SETUP.update(vision=setup["vision"], data=setup["data"])
            sys.modules["notebook_run"] = notebook_run
        # Code that reads its arguments when it is imported finds none, as with ``python file.py``, or the driver's.
        del sys.argv[1:]
        stand_ins.install()
        self.driver = _load("driver", setup["driver"])
        if "torch" in sys.modules:
            # Only a driver whose section allows it has imported it.
            _seeds.append(sys.modules["torch"].manual_seed)
            sys.modules["torch"].set_num_threads(1)
            one_device.install(sys.modules["torch"])
            legacy.restore_torch(sys.modules["torch"])
        warnings.simplefilter("ignore")
        legacy.restore()
        self.fence(setup)
        sys.path.append(setup["root"])
        self.send(["ready", [name for name, value in vars(self.driver).items() if _is_generator_function(value)]])

    def fence(self, setup: dict[str, Any]) -> None:
        """Nothing of the student's has run yet; from here on it may."""
        processes = setup["processes"]
        tasks = processes if setup["counted"] else None
        # While the paths can still be reached.
        ruleset = landlock.prepare(setup["readable"], setup["listable"], setup["writable"]) if setup["readable"] else -1
        confine.limit_resources(setup["memory"], setup["file_size"], tasks, processes, setup["processor_seconds"])
        if setup["user"]:
            confine.become(setup["user"])
        confine.drop_privileges()
        landlock.enter(ruleset)
        seccomp.install(processes)

    def send(self, header: list[Any], buffers: list[bytes] | None = None) -> None:
        """Prints first, so that they are with the grader when the reply is."""
        with contextlib.suppress(Exception):
            _stdout.flush()
        try:
            wire.send(self.replies, wire.frame(header, buffers or ()))
        except OSError:
            _exit(_STATUS_CUT_OFF)

    def run(self) -> None:
        """Answer requests until the grader closes the pipe."""
        while True:
            try:
                request, body = wire.receive(self.requests)
            except (EOFError, OSError):
                _exit(_STATUS_CUT_OFF)
            self.answer(request, memoryview(body))

    def answer(self, request: dict[str, Any], body: memoryview) -> None:
        """All cases of one request, or the fault that stopped an import."""
        modules = []
        for name in request["modules"]:
            try:
                modules.append(_import(name))
            except BaseException as error:  # also SystemExit: the student's code ends a case, never the worker
                self.send(["imported", self.fault(error)])
                return
            self.send(["imported", None])
        function = getattr(self.driver, request["call"])
        for size, arrays, options in request["cases"]:
            fault, cut = self.run_case(function, modules, arrays, body[:size], options, request["steps"])
            self.send(["end", fault, cut])
            body = body[size:]

    def run_case(
        self,
        function: Any,
        modules: list[Any],
        arrays: list[Any],
        body: memoryview,
        options: dict[str, Any],
        steps: int | None,
    ) -> tuple[Any, bool]:
        """Send the outputs of one case as they come; the fault that ended it, and whether ``steps`` did."""
        try:
            for seed in _seeds:
                seed(0)
            given = arguments.Arguments(arrays, body)
            constants = {name: tuple(value) if type(value) is list else value for name, value in options.items()}
            generator = function(*modules, _Namespace(**given.arrays, **constants))
            while steps is None or steps > 0:
                try:
                    names, value = next(generator)
                except StopIteration:
                    return None, False
                self.send_step(names, value, given)
                if steps is not None:
                    steps -= 1
            generator.close()
        except BaseException as error:  # also SystemExit: the student's code ends a case, never the worker
            return self.fault(error), False
        return None, True

    def send_step(self, names: Any, value: Any, given: Any) -> None:
        """One step of the driver."""
        names, values, note = returned.split(names, value)
        if note:
            encoded = [returned.only_described(value, note)] * len(names)
        else:
            encoded = [returned.encode(item, self.reply_limit) for item in values]
        shared = {name: given.shared_with(item) for name, item in zip(names, values, strict=False)}
        aliases = {name: source for name, source in shared.items() if source}
        described = [header for header, _ in encoded]
        self.send(["outputs", names, described, given.changed(), aliases], [raw for _, raw in encoded])

    def fault(self, error: BaseException) -> Any:
        """The exception in words; in few words when even that fails."""
        try:
            return faults.describe(error, self.stage, self.memory)
        except BaseException as second:
            kind = "memory" if MemoryError in (type(error), type(second)) else "raised"
            return kind, "(the exception cannot be shown)", returned.type_name(type(error)), "", ""


def _is_generator_function(value: Any) -> bool:
    while hasattr(value, "__wrapped__"):
        value = value.__wrapped__
    return isinstance(value, types.FunctionType) and bool(value.__code__.co_flags & _GENERATOR)


def main() -> None:
    """Serve the grader."""
    _stdout.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    worker = Worker(int(sys.argv[1]), int(sys.argv[2]))
    worker.run()


if __name__ == "__main__":
    main()
