"""How the training script is called. Runs beside the student's code, with the standard library and NumPy only.

The script runs as the command line runs it, with the provided ``cifar10_utils`` on pictures made up here, while MLP is
watched: how it is made, what goes forward, and what parameters and gradients are around each update. A matplotlib that
draws nothing stands in when none is installed.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

TRAINING_PICTURES, TEST_PICTURES, MOST_VALIDATION_PICTURES = 230, 11, 17
CORNER = 5
FAINT = 1e-6
UPDATES_SHOWN = 3


def accuracy(train_mlp_numpy: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """accuracy(predictions, targets)."""
    yield "y", train_mlp_numpy.accuracy(case.x, case.t)


# The two functions that follow are those of driver.py: a driver is one file on its own.


def _is_linear(value: Any) -> bool:
    held = [getattr(value, name, None) for name in ("params", "grads")]
    return all(isinstance(part, dict) and {"weight", "bias"} <= part.keys() for part in held)


def linear_modules(network: Any) -> list[Any]:
    """Every object with params and grads of weight and bias that can be reached from a network, each of them once."""
    found, seen, waiting = [], set(), [network]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, type | types.ModuleType | np.ndarray | np.generic | str | bytes):
            continue
        seen.add(id(value))
        if value is not network and _is_linear(value):
            found.append(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple | set | frozenset):
            waiting += value
        else:
            waiting += getattr(value, "__dict__", {}).values()
            names = [name for kind in type(value).__mro__ for name in np.atleast_1d(getattr(kind, "__slots__", []))]
            waiting += [getattr(value, str(name)) for name in names if hasattr(value, str(name))]
    return found


class _EnoughError(BaseException):
    """Ends a script that goes on far beyond its last step; no ``except Exception`` of its own stops that."""


class Watch:
    """What a training script does to its networks and data."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.folders: list[str] = []
        self.sets: list[Any] = []
        self.settings: list[Any] = []
        self.forwards: list[tuple[int, Any]] = []
        self.rows: list[int] = []
        self.updates = 0
        self.drawn: set[int] = set()
        self.layers: list[Any] = []
        self.before: list[Any] = []
        self.gradients: list[Any] = []
        self.after: list[Any] = []

    def made(self, inputs: Any = 0, hidden: Any = (), classes: Any = 0, slope: Any = float("nan"), *more: Any) -> None:
        """A network is made."""
        self.settings.append((list(hidden), slope))

    def draw(self, source: Any) -> None:
        """A batch is drawn."""
        if source is self.training():
            self.drawn.add(self.updates)

    def forward(self, x: Any) -> None:
        """Something goes through a network: an update, if there was one before, is complete."""
        self.settle()
        self.forwards.append((self.updates, np.asarray(x)))

    def learn(self, dout: Any) -> None:
        """A network is about to work out its gradients."""
        self.settle()
        self.rows.append(len(dout))
        learned = [k for k, (_, x) in enumerate(self.forwards) if len(x) == len(dout)]
        if learned:
            # What was learned from is no evaluation.
            del self.forwards[learned[-1]]

    def learned(self, network: Any) -> None:
        """A network has its gradients: an update follows."""
        self.updates += 1
        self.layers = linear_modules(network)
        gradients = [value for layer in self.layers for value in layer.grads.values() if isinstance(value, np.ndarray)]
        if not all(np.isfinite(value).all() for value in gradients) or all(
            np.abs(value).max(initial=0.0) < FAINT for value in gradients
        ):
            # Gradients are judged elsewhere; here any numbers do that show an update.
            for value in gradients:
                value[...] = 1.0
        if self.updates <= UPDATES_SHOWN:
            self.before.append(self._corners("params"))
            self.gradients.append(self._corners("grads"))
        if self.updates > self.most:
            raise _EnoughError

    def settle(self) -> None:
        """Look at the parameters once per update."""
        if len(self.after) < len(self.before):
            self.after.append(self._corners("params"))

    def _corners(self, kind: str) -> Any:
        """A few entries of every parameter or gradient."""
        parts = []
        for layer in self.layers:
            for name in ("weight", "bias"):
                array, own = np.asarray(getattr(layer, kind)[name]), np.shape(layer.params[name])
                # A gradient of another shape has its own task; here it counts as what is subtracted.
                with suppress(ValueError):
                    array = np.broadcast_to(array, own)
                parts.append(array[(slice(CORNER),) * array.ndim].ravel())
        return np.concatenate(parts).astype(float)

    def evaluations(self) -> list[int]:
        """After how many updates a test set went through a network, the first and last ones left out.

        That is: all of it; or, should that never happen, a part of it; or, when the script changes its pictures first,
        as many pictures as there are in it.
        """
        tests = [part for part in self.sets if part is not self.training()]
        wanted = [_contents(part.images) for part in tests if part.num_examples]
        seen: dict[int, set[bytes]] = {}
        for made, x in self.forwards:
            seen.setdefault(made, set()).update(_contents(x))
        whole = [made for made, rows in seen.items() if any(rows >= test for test in wanted)]
        parts = [made for made, rows in seen.items() if any(rows & test for test in wanted)]
        alike = [made for made, x in self.forwards if len(x) in [part.num_examples for part in tests]]
        return sorted({made for made in whole or parts or alike if 1 < made < self.updates - 1})

    def training(self) -> Any:
        """The largest set."""
        return max(self.sets, key=lambda part: part.num_examples, default=None)

    def outputs(self, case: Any) -> Iterator[tuple[str, Any]]:
        """What can be told before the script has come to its end."""
        if self.settings:
            hidden, slope = self.settings[0]
            yield "dnn_hidden_units", np.array([int(size) for size in hidden], dtype=float)
            yield "neg_slope", float(slope)
        yield "data_dir", float(any(case.data_dir in folder for folder in self.folders))
        updates = zip(self.before, self.gradients, self.after, strict=False)
        # Where training has run into infinity, the update cannot be seen.
        clear = [values for values in updates if np.isfinite(np.concatenate(values[:2])).all()]
        for k, values in enumerate(clear):
            if k == 0:
                yield "learning_rate", _rate(*values)
            for name, value in zip(("before", "gradient", "update"), values, strict=True):
                yield f"{name}[{k}]", value
        if self.rows:
            yield "batch_size", next((float(n) for n in self.rows if n != case.batch_size), float(case.batch_size))


def _rate(before: Any, gradient: Any, after: Any) -> float:
    """By how many gradients most parameters went down: the median over those that move clearly."""
    clear = np.abs(gradient) >= np.abs(gradient).max() / 4
    return float(np.median((before - after)[clear] / gradient[clear]))


def _contents(pictures: Any) -> set[bytes]:
    """The sorted values of each picture: they tell pictures apart, whatever the order of their axes."""
    rows = np.reshape(pictures, (len(pictures), -1)).astype(np.float32)
    return {row.tobytes() for row in np.sort(rows, axis=1)}


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    own, original = name in vars(owner), getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original) if own else delattr(owner, name)


def _heard(owner: Any, name: str, listen: Callable[..., None], late: bool = False) -> AbstractContextManager[None]:
    """Pass a method's arguments, in its own order, to ``listen`` before (``late``: after) every call."""
    original = getattr(owner, name)
    signature = inspect.signature(original)

    def method(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        bound.apply_defaults()
        arguments = list(bound.arguments.values())
        if not late:
            listen(*arguments)
        result = original(*given, **named)
        if late:
            listen(*arguments)
        return result

    return _replaced(owner, name, method)


@contextmanager
def _watching(watch: Watch, network: Any, case: Any) -> Iterator[None]:
    """Watch all networks of a class, and the data sets, which get made-up pictures."""
    cifar10_utils = importlib.import_module("cifar10_utils")
    random = np.random.default_rng(case.seed)

    def made_up(folder: Any) -> Any:
        watch.folders.append(str(folder))
        counts = (TRAINING_PICTURES, TEST_PICTURES)
        # Little contrast: the steps are few, and nothing grows beyond bounds.
        pictures = [random.integers(127, 130, (count, 3, 32, 32), dtype=np.uint8) for count in counts]
        return tuple(zip(pictures, [random.permutation(count) % 10 for count in counts], strict=True))

    data = cifar10_utils.DataSet
    get, next_batch = cifar10_utils.get_cifar10, data.next_batch

    # Numbers that fit the real data (5000 pictures for validation, a batch of all 10000 to test on) are made to fit.
    def get_cifar10(data_dir: Any = get.__defaults__[0], one_hot: Any = True, validation_size: Any = 0) -> Any:
        return get(data_dir, one_hot, min(validation_size, MOST_VALIDATION_PICTURES))

    def draw(part: Any, batch_size: Any) -> Any:
        watch.draw(part)
        return next_batch(part, min(batch_size, part.num_examples))

    with (
        _replaced(cifar10_utils, "read_batches", made_up),
        _replaced(cifar10_utils, "get_cifar10", get_cifar10),
        _replaced(data, "next_batch", draw),
        _heard(data, "__init__", lambda part, *_: watch.sets.append(part), late=True),
        _heard(network, "__init__", lambda made, *settings: watch.made(*settings)),
        _heard(network, "forward", lambda made, x, *_: watch.forward(x)),
        _heard(network, "backward", lambda made, dout, *_: watch.learn(dout)),
        _heard(network, "backward", lambda made, *_: watch.learned(made), late=True),
    ):
        yield


def _run(path: str) -> None:
    """Run a file as a script that lies in the current folder, where it may write; errors tell its real place."""
    script = types.ModuleType("__main__")
    script.__file__ = str(Path(path).name)
    code = compile(Path(path).read_bytes(), path, "exec")
    previous, sys.modules["__main__"] = sys.modules["__main__"], script
    try:
        exec(code, vars(script))
    finally:
        sys.modules["__main__"] = previous


_FLAGS = ("dnn_hidden_units", "learning_rate", "max_steps", "batch_size", "eval_freq", "data_dir", "neg_slope")


def flags(mlp_numpy: Any, train_mlp_numpy: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """The training script, run with all its flags."""
    watch = Watch(3 * case.max_steps)
    words = [word for flag in _FLAGS for word in (f"--{flag}", str(getattr(case, flag)))]
    sys.argv[:] = [train_mlp_numpy.__file__, *words]
    failure: BaseException | None = None
    with _watching(watch, mlp_numpy.MLP, case):
        try:
            _run(train_mlp_numpy.__file__)
        except _EnoughError:
            pass
        except (Exception, SystemExit) as error:
            if not isinstance(error, SystemExit) or error.code:
                failure = error
    del sys.argv[1:]
    if failure is None:
        watch.settle()
    yield from watch.outputs(case)
    if failure is not None:
        raise failure
    yield "max_steps", float(watch.updates)
    evaluations = watch.evaluations()
    yield "eval_freq", float(min((b - a for a, b in pairwise(evaluations)), default=0))
    yield "new_batches", float(len(watch.drawn & set(range(watch.updates))))


class _Nothing:
    """Takes every call, attribute and item, and does nothing."""

    def __call__(self, *given: Any, **named: Any) -> _Nothing:
        return self

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, index: Any) -> _Nothing:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[_Nothing]:
        return iter([self])

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def subplots(self, nrows: int = 1, ncols: int = 1, **named: Any) -> tuple[_Nothing, Any]:
        """A figure and as many axes as are unpacked."""
        axes = np.full((nrows, ncols), self, dtype=object).squeeze()
        return self, axes if axes.ndim else self


class _Plots(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A matplotlib that draws nothing: scripts plot their curves, and only NumPy is installed beside them."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Asked last: an installed matplotlib goes before."""
        if name.split(".")[0] != "matplotlib":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: Any) -> None:
        """Every name in it is nothing."""
        module.__getattr__ = lambda name: getattr(_Nothing(), name)


if __name__ == "driver":
    # So the worker names this file, before it imports anything of the student's. A parser at the top of a training
    # script would otherwise read the worker's arguments.
    sys.argv[1:] = []
    sys.meta_path.append(_Plots())
