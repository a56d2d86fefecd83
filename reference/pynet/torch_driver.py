"""How the CIFAR-10 script is called. Runs beside the student's code, with the standard library, NumPy and torch.

A script may train when it is imported. So that this ends soon, a ``DataLoader`` gives only a few images until the
driver's own run begins. CIFAR10 is the small set that is served, repeated to the published length, so that
fixed numbers of images fit. What is saved is written down, whatever the path; ``torch.load`` finds it again.

``train`` and ``test`` read global names, and so the driver's own loaders are laid under those names. Each answer is a
number: a count, or a code from 1 (as asked) to others that name what was seen; ``cifar_script`` says which is which.
"""

from __future__ import annotations

import copy
import importlib
import io
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from importlib.machinery import ModuleSpec
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import torch

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
PIXELS = 3 * 32 * 32
CLASSES = 10
FEW_BATCHES, FEW_TO_LEARN, FEW_TO_TEST = 2, 16, 64

Yields = Iterator[tuple[Any, Any]]
_any: Any = torch
_DataLoader: Any = torch.utils.data.DataLoader


# What a script finds around it.


class _Watching:
    """Steps that are shown on the way: they pass through."""

    def __init__(self, steps: Any = (), *given: Any, **named: Any) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[Any]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getattr__(self, name: str) -> Any:
        return MagicMock()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *given: Any) -> None:
        return None


def _stand_in(name: str, **contents: Any) -> None:
    """A module in the place of one that draws, logs or shows progress, which nothing depends on."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    module.__getattr__ = lambda wanted: MagicMock() if not wanted.startswith("__") else _missing(wanted)  # type: ignore[method-assign]
    vars(module).update(contents)
    sys.modules.setdefault(name, module)


def _missing(name: str) -> Any:
    raise AttributeError(name)


def _subplots(rows: int = 1, columns: int = 1, *given: Any, **named: Any) -> Any:
    axes = np.empty((rows, columns), dtype=object)
    for place in np.ndindex(rows, columns):
        axes[place] = MagicMock()
    return MagicMock(), axes.squeeze() if axes.size > 1 else axes[0, 0]


sys.argv[1:] = []
_plots = MagicMock(subplots=_subplots)
_stand_in("matplotlib", pyplot=_plots, __path__=[])
sys.modules.setdefault("matplotlib.pyplot", _plots)
_stand_in("tqdm", tqdm=_Watching, trange=lambda *given, **named: _Watching(range(*given)), __path__=[])
for _name in ("tqdm.auto", "tqdm.notebook"):
    _stand_in(_name, tqdm=_Watching)
for _name in ("torchsummary", "torchinfo", "tensorboardX", "torch.utils.tensorboard"):
    _stand_in(_name)


def _after(owner: Any, name: str, then: Callable[..., None]) -> None:
    """Let a method be followed by ``then`` on the same object."""
    own = getattr(owner, name)

    def followed(self: Any, *given: Any, **named: Any) -> None:
        own(self, *given, **named)
        then(self)

    setattr(owner, name, followed)


def _to_cpu(owner: Any) -> None:
    """Code that was written for a GPU finds its tensors where they are."""
    own = owner.to

    def to(self: Any, *given: Any, **named: Any) -> Any:
        def here(value: Any) -> Any:
            return "cpu" if isinstance(value, str | torch.device) and str(value).startswith("cuda") else value

        return own(self, *map(here, given), **{name: here(value) for name, value in named.items()})

    owner.to, owner.cuda = to, lambda self, *given, **named: self


_to_cpu(torch.Tensor)
_to_cpu(torch.nn.Module)


def _to_published_length(data_set: Any) -> None:
    """Repeat the images: the last 1,000 of 50,000 stand apart, as they are used for validation."""
    count, published, apart = len(data_set.data), *((50_000, 1_000) if data_set.train else (10_000, 0))
    if count < published:
        kept = count - count // 10 if apart else count
        places = [i % kept for i in range(published - apart)] + [kept + i % (count - kept) for i in range(apart)]
        data_set.data = data_set.data[np.array(places)]
        data_set.targets = [data_set.targets[place] for place in places]


_after(importlib.import_module("torchvision").datasets.CIFAR10, "__init__", _to_published_length)


class _Run:
    """What is going on: whether the script runs by itself, and what was seen of it."""

    def __init__(self, *, script: bool = True) -> None:
        self.script = script
        self.saved: dict[str, tuple[bytes, list[Any]]] = {}
        self.saves: list[tuple[str, Any]] = []
        self.loaded = self.tested_after_load = False
        self.predict: Callable[[], Any] = lambda: None


class _Now:
    """The run that is going on, and the runs of the script by itself: when it was imported, and as ``__main__``."""

    run = _Run()
    imported = run
    main: _Run | None = None
    names: Any = None


_instead: dict[int, Any] = {}


_loader_init, _loader_iter = _DataLoader.__init__, _DataLoader.__iter__


def _plain_init(self: Any, *given: Any, **named: Any) -> None:
    """No helper processes, which are not allowed here."""
    for name in ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout"):
        named.pop(name, None)
    _loader_init(self, *given[:5], *(0 for _ in given[5:6]), *given[6:8], **named)


def _short_iter(self: Any) -> Any:
    """A few batches of a few images while the script runs by itself."""
    if not _Now.run.script:
        other = _instead.get(id(self))
        return _loader_iter(self) if other is None else iter(other)
    data = self.dataset
    while isinstance(data, torch.utils.data.Subset):
        data = data.dataset
    if _Now.run.loaded and getattr(data, "train", True) is False:
        _Now.run.tested_after_load = True
    few = FEW_TO_LEARN if torch.is_grad_enabled() else FEW_TO_TEST
    batches = (batch for batch, _ in zip(_loader_iter(self), range(FEW_BATCHES), strict=False))
    return ([part[:few] for part in batch] for batch in batches)


_DataLoader.__init__, _DataLoader.__iter__ = _plain_init, _short_iter

_save, _load = torch.save, torch.load


def _tensors(value: Any) -> Iterator[Any]:
    """Every tensor in what was saved."""
    if isinstance(value, torch.Tensor):
        yield value.detach()
    elif isinstance(value, torch.nn.Module):
        yield from _tensors(value.state_dict())
    elif isinstance(value, Mapping):
        yield from (tensor for part in value.values() for tensor in _tensors(part))
    elif isinstance(value, list | tuple):
        yield from (tensor for part in value for tensor in _tensors(part))


def _path(file: Any) -> str:
    return str(file) if isinstance(file, str | Path) else f"file {getattr(file, 'name', id(file))}"


def _noting_save(value: Any, file: Any, *given: Any, **named: Any) -> None:
    packed = io.BytesIO()
    _save(value, packed, *given, **named)
    _Now.run.saved[_path(file)] = packed.getvalue(), [tensor.clone() for tensor in _tensors(value)]
    _Now.run.saves.append((_path(file), _Now.run.predict()))
    # Others may look for the file; that its folder is missing or cannot be written to does not matter here.
    with suppress(OSError):
        if isinstance(file, str | Path):
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_bytes(packed.getvalue())
        else:
            file.write(packed.getvalue())


def _noting_load(file: Any, *given: Any, **named: Any) -> Any:
    """Whole models too, as older releases of torch did; everything onto the CPU."""
    _Now.run.loaded = True
    source = io.BytesIO(_Now.run.saved[_path(file)][0]) if _path(file) in _Now.run.saved else file
    return _load(source, map_location="cpu", weights_only=False)


_any.save, _any.load = _noting_save, _noting_load

_born: dict[int, tuple[Any, list[dict[str, Any]], list[Any]]] = {}


def _remember(optimizer: Any) -> None:
    """What an optimizer and its parameters were before any training."""
    settings = [{name: value for name, value in group.items() if name != "params"} for group in optimizer.param_groups]
    values = [p.detach().clone() for group in optimizer.param_groups for p in group["params"]]
    _born[id(optimizer)] = optimizer, copy.deepcopy(settings), values


_after(torch.optim.Optimizer, "__init__", _remember)


def _seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


_seed(0)


# What a script offers.


def _names(module: Any, kind: Any) -> list[Any]:
    return [value for value in vars(module).values() if isinstance(value, kind)]


def _is_classifier(model: Any) -> bool:
    with torch.no_grad():
        return tuple(copy.deepcopy(model).eval()(torch.zeros(2, 3, 32, 32)).shape) == (2, CLASSES)


def _model(module: Any) -> Any:
    """From ``make_model()``, else the global ``model``, any other, or the last class that makes one; None if none."""
    if callable(getattr(module, "make_model", None)):
        return module.make_model()
    if isinstance(getattr(module, "model", None), torch.nn.Module):
        return module.model
    for model in reversed(_names(module, torch.nn.Module)):
        with suppress(Exception):
            if _is_classifier(model):
                return model
    for made in reversed([value for value in _names(module, type) if value.__module__ == module.__name__]):
        with suppress(Exception):
            if issubclass(made, torch.nn.Module) and _is_classifier(model := made()):
                return model
    return None


def _optimizer(module: Any, model: Any) -> Any:
    """From ``make_optimizer(model)``, else the global ``optimizer``, or any other; None if none."""
    if callable(getattr(module, "make_optimizer", None)):
        return module.make_optimizer(model)
    return getattr(module, "optimizer", None) or next(reversed(_names(module, torch.optim.Optimizer)), None)


def _as_script(module: Any) -> Any:
    """The global names of the script after it has run by itself, on a few images."""
    if _Now.names is None:
        _Now.main = _Now.run = _Run()
        _seed(0)
        # It stays in its place, so that what is of a class of the script's can be saved later, too.
        _Now.names = sys.modules["__main__"] = ModuleType("__main__")
        _Now.names.__file__ = module.__file__
        exec(compile(Path(module.__file__).read_bytes(), module.__file__, "exec"), vars(_Now.names))
    return _Now.names


def _made(module: Any) -> tuple[Any, Any]:
    """The model and its optimizer: of the module as it is imported, else of the script as it runs by itself."""
    _seed(0)
    pair = None
    for by_itself in (False, True):
        place = _as_script(module) if by_itself else module
        model = _model(place)
        optimizer = None if model is None else _optimizer(place, model)
        if optimizer is not None:
            return model, optimizer
        pair = pair or model
    missing = "model: make_model()" if pair is None else "optimizer: make_optimizer(model)"
    raise AttributeError(f"there is no {missing}, or a global name {missing.split(':')[0]}")


def _untrained(module: Any) -> tuple[Any, Any]:
    """A model and its optimizer as they were before any training; those of the script stay as they are."""
    original, given = _made(module)
    if all(callable(getattr(module, name, None)) for name in ("make_model", "make_optimizer")):
        return original.train(), given
    model, optimizer = copy.deepcopy((original, given))
    if id(given) in _born and isinstance(optimizer, torch.optim.Optimizer):
        _, settings, values = _born[id(given)]
        for group, before in zip(optimizer.param_groups, settings, strict=False):
            group.update(copy.deepcopy(before))
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        with torch.no_grad():
            for parameter, value in zip(parameters, values, strict=False):
                parameter.copy_(value)
        optimizer.state.clear()
        for layer in model.modules():
            if isinstance(layer, torch.nn.modules.batchnorm._NormBase):
                layer.reset_running_stats()
    return model.train(), optimizer


class _Images(torch.utils.data.TensorDataset):
    """Images with labels; like torchvision's, they know whether they are training images."""

    def __init__(self, images: Any, labels: Any, *, train: bool = True) -> None:
        super().__init__(images, labels)
        self.data, self.targets, self.train = images, labels, train


class _Loader(_DataLoader):  # type: ignore[misc]
    """Says whose turn it is with each batch."""

    turn = ""

    def __init__(self, name: str, images: _Images, size: int, **named: Any) -> None:
        super().__init__(images, batch_size=size, **named)
        self.name, self.passes = name, 0

    def __iter__(self) -> Iterator[Any]:
        self.passes += 1
        for batch in _loader_iter(self):
            _Loader.turn = self.name
            yield batch


def _begin(module: Any, loaders: Mapping[str, _Loader]) -> None:
    """Put the driver's loaders and settings in the places that ``train`` and ``test`` read."""
    _Now.run = _Run(script=False)
    for name, value in list(vars(module).items()):
        if isinstance(value, _DataLoader):
            part = next((part for part in ("val", "dev", "test", "train") if part in name.lower()), "")
            part = part.replace("dev", "val")
            if part in loaders and not isinstance(value, _Loader):
                _instead[id(value)] = loaders[part]
            if part in loaders:
                setattr(module, name, loaders[part])
        elif "best" in name.lower() and type(value) in (int, float):
            setattr(module, name, float("inf") if "loss" in name.lower() else 0.0)
    for name, loader in loaders.items():
        setattr(module, f"loader_{name}", loader)
    module.device, module.print_every, module.best_acc = torch.device("cpu"), 1, 0.0


@contextmanager
def _forwards() -> Iterator[list[tuple[str, bool, bool]]]:
    """For each pass through the driver's model: whose turn it was, its mode, and whether gradients were recorded."""
    seen: list[tuple[str, bool, bool]] = []

    def listen(layer: Any, given: Any) -> None:
        if isinstance(layer, torch.nn.Linear):
            seen.append((_Loader.turn, layer.training, torch.is_grad_enabled()))

    hook = torch.nn.modules.module.register_module_forward_pre_hook(listen)
    try:
        yield seen
    finally:
        hook.remove()


def _linear_model() -> Any:
    """The driver's model. Its scores are logarithms of probabilities, so that either loss of them is the same."""
    nn = torch.nn
    return nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, CLASSES), nn.LogSoftmax(dim=1))


# Training.

REPEATS, SIZE = 6, 8
RATE = 2.0**-13
ALIKE = 1 - 2.0**-16
EPOCHS = 5
# Shares of right answers after each epoch: each set is at its best after another one.
RIGHT = {"train": (0.3, 0.4, 0.9, 0.5, 0.6), "val": (0.4, 0.8, 0.6, 0.5, 0.3), "test": (0.2, 0.3, 0.4, 0.9, 0.5)}
BEST = 1 + RIGHT["val"].index(max(RIGHT["val"]))


class _Still(torch.optim.SGD):
    """An optimizer that moves nothing, and writes down the gradients that it is given."""

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        if closure is not None:
            closure()
        given = vars(self).setdefault("given", [])
        given.append([None if p.grad is None else p.grad.clone() for p in self.param_groups[0]["params"]])


class _Scripted(torch.optim.SGD):
    """An optimizer that moves the weights to where they have to be in each epoch."""

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        if closure is not None:
            closure()
        extra = vars(self)
        extra["modes"] += [training for turn, training, _ in extra["seen"] if turn == "train"][-1:]
        if extra["loader"].passes != extra.get("passes"):
            extra["passes"] = extra["loader"].passes
            extra["epoch"] = min(extra.get("epoch", 0) + 1, EPOCHS)
        with torch.no_grad():
            self.param_groups[0]["params"][0].copy_(extra["weights"][extra["epoch"]])
            self.param_groups[0]["params"][1].zero_()


def _striped(seed: int, rows: int) -> tuple[Any, Any]:
    """Images with a stripe for their class."""
    draw = np.random.default_rng([seed, rows])
    labels = draw.permutation(np.arange(rows) % CLASSES)
    images = draw.standard_normal((rows, 3, 32, 32)) / 2
    for image, label in zip(images, labels, strict=True):
        image[:, 3 * label : 3 * label + 3] += 1.0
    return torch.tensor(images, dtype=torch.float32), torch.tensor(labels)


def _loaders(seed: int, repeats: int, validation: int = 20) -> dict[str, _Loader]:
    """Two batches again and again; other images for validation and test."""
    x, y = _striped(seed, 2 * SIZE)
    train = _Images(x.repeat(repeats, 1, 1, 1), y.repeat(repeats))
    return {
        "train": _Loader("train", train, SIZE),
        "val": _Loader("val", _Images(*_striped(seed, validation)), 9),
        "test": _Loader("test", _Images(*_striped(seed, 21), train=False), 9),
    }


def _parallel(a: Any, b: Any) -> bool:
    size = float(a.norm() * b.norm())
    return size > 0 and float((a * b).sum()) / size > ALIKE


def _loss_code(model: Any, batch: Any, gradients: list[Any], fell: bool) -> float:
    """Whether the loss falls, and whether the first batch's gradient is that of a known mistake."""
    if any(gradient is None for gradient in gradients):
        return 1.0 if fell else 0.0
    x, y = batch
    flat = torch.cat([gradient.ravel() for gradient in gradients])
    scores = model(x)
    wrong = {2.0: scores.softmax(1), 3.0: scores.sigmoid(), 4.0: scores.relu()}
    for code, other in wrong.items():
        loss = torch.nn.functional.cross_entropy(other, y)
        made = torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)
        if _parallel(flat, torch.cat([gradient.ravel() for gradient in made])):
            return code
    return 1.0 if fell else 0.0


def _still(module: Any, seed: int) -> tuple[Any, Any, list[list[Any]], bool]:
    """One epoch with an optimizer that moves nothing."""
    _seed(seed)
    loaders = _loaders(seed, REPEATS)
    model = _linear_model()
    before = copy.deepcopy(model)
    optimizer = _Still(model.parameters(), lr=RATE)
    _begin(module, loaders)
    module.train(model, optimizer, 1)
    moved = not all(map(torch.equal, before.parameters(), model.parameters()))
    images = loaders["train"].dataset.tensors
    return before, [part[:SIZE] for part in images], vars(optimizer).get("given", []), moved


def _updates(steps: int, moved: bool) -> float:
    if moved:
        return 4.0
    return 0.0 if steps == 0 else 2.0 if steps < 3 else 1.0 if steps <= 2 * REPEATS else 3.0


def _cleared(given: list[list[Any]]) -> float:
    """The first and the third batch are the same: so are their gradients, if nothing of the earlier ones is left."""
    if len(given) < 3:
        return -1.0
    pairs = [(a, b) for a, b in zip(given[0], given[2], strict=True) if a is not None and b is not None]
    return 1.0 if pairs and all(float((a - b).norm()) <= (1 - ALIKE) * float(a.norm()) for a, b in pairs) else 0.0


def train(module: Any, case: Any) -> Yields:
    """One epoch that moves nothing, one that learns, and five with weights that are known."""
    model, first, given, moved = _still(module, case.seed)
    yield "updates", _updates(len(given), moved)
    yield "cleared", _cleared(given)
    _seed(case.seed)
    learner, loaders = _linear_model(), _loaders(case.seed, REPEATS)
    x, y = loaders["train"].dataset.tensors
    before, old = float(torch.nn.functional.nll_loss(learner(x), y)), copy.deepcopy(learner)
    _begin(module, loaders)
    module.train(learner, torch.optim.SGD(learner.parameters(), lr=RATE), 1)
    learner.eval()
    same = sum(map(torch.equal, old.parameters(), learner.parameters()))
    yield "parameters", {0: 1.0, 1: 2.0}.get(same, 0.0)
    fell = float(torch.nn.functional.nll_loss(learner(x), y)) < before
    yield "loss", _loss_code(model, first, given[0] if given else [None], fell)
    yield from _best(module, case.seed)


def _known(seed: int) -> tuple[dict[str, _Loader], list[Any]]:
    """Images of one bright pixel each, and the weights that give each set its share of right answers."""
    weights = [torch.zeros(CLASSES, PIXELS) for _ in range(EPOCHS + 1)]
    loaders, pixel = {}, 0
    for name, shares in RIGHT.items():
        images = torch.zeros(20, PIXELS)
        labels = torch.tensor(np.random.default_rng([seed, pixel]).permutation(np.arange(20) % CLASSES))
        for row, label in enumerate(labels):
            images[row, pixel] = 1.0
            for epoch, share in enumerate((0.0, *shares)):
                right = row < share * 20 - 0.5
                weights[epoch][int(label) if right else (int(label) + 1) % CLASSES, pixel] = 4.0
            pixel += 1
        loaders[name] = _Loader(name, _Images(images.reshape(-1, 3, 32, 32), labels, train=name != "test"), 7)
    return loaders, weights


def _scripted(module: Any, seed: int, one_by_one: bool) -> tuple[float, list[bool]]:
    """Five epochs; where ``train`` does not validate, ``test`` follows each epoch."""
    _seed(seed)
    loaders, weights = _known(seed)
    model = _linear_model()
    with torch.no_grad():
        model[1].weight.copy_(weights[0])
        model[1].bias.zero_()
    optimizer = _Scripted(model.parameters(), lr=RATE)
    _begin(module, loaders)
    with _forwards() as seen:
        vars(optimizer).update(loader=loaders["train"], weights=weights, epoch=0, seen=seen, modes=[])
        for epochs in [1] * EPOCHS if one_by_one else [EPOCHS]:
            module.train(model, optimizer, epochs)
            if one_by_one:
                module.test(loaders["val"], model)
    # What counts is the pass before each update: training images may be tested, too.
    modes = vars(optimizer)["modes"] or [training for turn, training, _ in seen if turn == "train"]
    return _saved_epoch(weights), modes


def _saved_epoch(weights: list[Any]) -> float:
    """1 for the best epoch; else what the file that was written last holds."""
    epochs = []
    for path in dict.fromkeys(path for path, _ in reversed(_Now.run.saves)):
        tensors = _Now.run.saved[path][1]
        epochs.append(next((i for i, w in enumerate(weights) if any(map(w.equal, tensors))), -1))
    if not epochs:
        return 0.0
    return 1.0 if BEST in epochs else {5: 2.0, 3: 3.0, 4: 4.0, 1: 5.0, 0: 6.0}.get(epochs[0], 7.0)


def _best(module: Any, seed: int) -> Yields:
    code, modes = _scripted(module, seed, one_by_one=False)
    yield "training mode", float(np.mean(modes)) if modes else 0.0
    if code == 0.0:
        with suppress(Exception):
            code, _ = _scripted(module, seed, one_by_one=True)
    yield "best model", code


# Testing.


def _numbers(value: Any) -> list[float]:
    """Every number in what a call returned."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [number for part in value for number in _numbers(part)]
    with suppress(Exception):
        return [float(value)]
    return []


def _ways(numbers: list[float], rows: int) -> list[float]:
    """What may be meant: a share, per cent, or a count with the number of images after it."""
    shares = [a / b for a, b in pairwise(numbers) if b == rows]
    return [*numbers, *(number / 100 for number in numbers), *shares]


def _accuracy(module: Any, loader: Any, model: Any, truth: float, rows: int) -> Any:
    """What ``test`` says: returned, else printed, else left in best_acc."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            returned = module.test(loader, model)
    finally:
        print(printed.getvalue(), end="")
    found = _numbers(returned)
    if not found and returned is None:
        found = [float(text) for text in re.findall(r"\d+\.?\d*(?:[eE][-+]?\d+)?", printed.getvalue())]
        found = found or ([float(module.best_acc)] if module.best_acc else [])
    return min(_ways(found, rows), key=lambda way: abs(way - truth)) if found else returned


def test(module: Any, case: Any) -> Yields:
    """The accuracy of a model whose scores stand in the images, or what is saved and loaded."""
    if case.kind == "files":
        yield from _files(module)
        return
    rows = len(case.labels)
    images = torch.zeros(rows, PIXELS)
    images[:, :CLASSES] = torch.from_numpy(case.x)
    model = _linear_model()
    with torch.no_grad():
        model[1].weight.copy_(torch.eye(CLASSES, PIXELS))
        model[1].bias.zero_()
    data, sampler = _Images(images.reshape(-1, 3, 32, 32), torch.from_numpy(case.labels.copy())), None
    if case.kind == "part":
        # The homework's validation loader goes through a part of its data set.
        more = torch.cat([data.tensors[0]] * 2), torch.cat([data.tensors[1]] * 2)
        data, sampler = _Images(*more), torch.utils.data.SubsetRandomSampler(range(rows))
    _begin(module, _loaders(1, 1))
    truth = float(np.mean(case.x.argmax(1) == case.labels))
    with _forwards() as seen:
        loader = _Loader("test", data, case.batch_size, sampler=sampler)
        yield "part" if case.kind == "part" else "accuracy", _accuracy(module, loader, model, truth, rows)
    if case.kind != "part":
        yield "evaluation mode", float(np.mean([not training for _, training, _ in seen])) if seen else 0.0
        yield "without gradients", float(np.mean([not recorded for _, _, recorded in seen])) if seen else 0.0


def _predictions(model: Any, images: Any, *, apart: bool = False) -> Any:
    _seed(0)
    model = copy.deepcopy(model) if apart else model
    with torch.no_grad():
        return model.eval()(images)


def _reloaded(fresh: Any, value: Any) -> Any:
    """A model with what was saved; None when nothing in it fits."""
    if isinstance(value, torch.nn.Module):
        return value
    for part in [value, *(value.values() if isinstance(value, Mapping) else [])]:
        if isinstance(part, torch.nn.Module):
            return part
        with suppress(Exception):
            fresh.load_state_dict(part)
            return fresh
    return None


def _files(module: Any) -> Yields:
    """What is saved of the student's own model; and the script as it runs by itself."""
    loaders = _loaders(2, 1, validation=100)
    images = loaders["val"].dataset.tensors[0]
    for one_by_one in (False, True):
        model, optimizer = _untrained(module)
        _begin(module, loaders)
        _Now.run.predict = partial(_predictions, model, images, apart=True)
        with suppress(ZeroDivisionError):
            module.train(model, optimizer, 1)
        if not _Now.run.saves and one_by_one:
            module.test(loaders["val"], model)
        if _Now.run.saves:
            break
    yield "saving", _saving(module, images)
    if not _Now.imported.tested_after_load:
        _as_script(module)
    alone = _Now.main or _Now.imported
    yield "loading", 1.0 if alone.tested_after_load else 2.0 if alone.loaded else 0.0


def _saving(module: Any, images: Any) -> float:
    if not _Now.run.saves:
        return 0.0
    path, wanted = _Now.run.saves[-1]
    model = _reloaded(_untrained(module)[0], torch.load(path))
    if model is None:
        return 2.0
    return 1.0 if torch.equal(_predictions(model, images), wanted) else 3.0


# The model and its optimizer.

BATCH, MOST_EPOCHS, ENOUGH = 32, 10, 0.6
VALIDATION = 500
MOST_SECONDS = 300.0
"""CPU time after which no new epoch begins."""


def _standard(images: Any, labels: Any, *, train: bool = True) -> _Images:
    scaled = torch.tensor(images, dtype=torch.float32) / 255
    mean, deviation = (torch.tensor(numbers).reshape(1, 3, 1, 1) for numbers in (MEAN, STD))
    return _Images((scaled - mean) / deviation, torch.tensor(labels), train=train)


def _scores(model: Any, images: Any) -> Any:
    model.eval()
    with torch.no_grad():
        return torch.cat([model(part) for part in images.split(100)])


def model(module: Any, case: Any) -> Yields:
    """The student's model, trained by the student's code until it is good enough, or for ten epochs."""
    net, optimizer = _untrained(module)
    kept = len(case.x) - VALIDATION
    data, val = _standard(case.x[:kept], case.labels[:kept]), _standard(case.x[kept:], case.labels[kept:])
    test_images = _standard(case.test, np.zeros(len(case.test), dtype=np.int64), train=False)
    scores = _scores(copy.deepcopy(net), val.tensors[0][:7])
    yield "shape", np.array(scores.shape, dtype=float)
    probable = bool((scores >= 0).all()) and bool(((scores.sum(1) - 1).abs() < 2.0**-16).all())
    yield "scores", 2.0 if probable else 1.0
    loaders = {
        "train": _Loader("train", data, BATCH, shuffle=True),
        "val": _Loader("val", val, BATCH),
        "test": _Loader("test", val, BATCH),
    }
    _begin(module, loaders)
    module.print_every = 100
    reached, curve = copy.deepcopy(net), [0.0]
    begun = time.process_time()
    while len(curve) <= MOST_EPOCHS and max(curve) < ENOUGH and time.process_time() - begun < MOST_SECONDS:
        module.train(net.train(), optimizer, 1)
        right = float((_scores(net, val.tensors[0]).argmax(1) == val.tensors[1]).float().mean())
        if right > max(curve):
            reached = copy.deepcopy(net)
        curve.append(right)
    yield "curve accuracy", np.array(curve[1:])
    yield "predictions", _scores(reached, test_images.tensors[0]).argmax(1).numpy().astype(float)


def optimizer(module: Any, case: Any) -> Yields:
    """What the optimizer is, and what it leaves out."""
    net, made = _made(module)
    right = isinstance(made, torch.optim.Optimizer)
    yield "kind", 1.0 if right else 0.0
    have = {id(p) for group in getattr(made, "param_groups", ()) for p in group["params"]}
    learned = [p for p in net.parameters() if p.requires_grad]
    yield "left out", float(sum(id(p) not in have for p in learned))
    yield "frozen", float(sum(not p.requires_grad for p in net.parameters()))
