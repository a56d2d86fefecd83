"""How the networks are called. Runs beside the student's code, with the standard library, NumPy and torch only.

Networks and their training are the student's own, so what is asked is how they behave. Each answer is a number: a
count, or a code from 1 (as asked) to others that name what was seen; ``training_behaviour`` says which is which.
Everything is seeded, so that a second network made in the same way is the twin of the first.
"""

from __future__ import annotations

import inspect
import io
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

SIDE = 28
PIXELS = SIDE * SIDE
RATE = 2.0**-7
SLACK = 2000 * 2.0**-24
"""Roundings of the longest sums in a network, in float32: what two ways to the same number may differ by."""

# Nodes of the graph that change no value.
_PASSED = ("View", "Reshape", "UnsafeView", "Squeeze", "Unsqueeze", "Alias", "Clone", "ToCopy", "T", "Transpose")
_ACTIVATIONS = {
    "Softmax": 2.0,
    "LogSoftmax": 3.0,
    "Sigmoid": 4.0,
    "Tanh": 5.0,
    "Relu": 6.0,
    **dict.fromkeys(("LeakyRelu", "Elu", "Celu", "Prelu", "Gelu", "Silu", "Hardtanh", "Softplus", "Mish"), 7.0),
    **dict.fromkeys(("Hardswish", "Hardsigmoid", "LogSigmoid", "Rrelu", "RreluWithNoise", "Clamp"), 7.0),
}
_SIGNATURES = {
    "classes": {
        "__init__": ("self", "lrate", "loss_fn", "in_size", "out_size"),
        "forward": ("self", "x"),
        "step": ("self", "x", "y"),
        "fit": ("train_set", "train_labels", "dev_set", "n_iter", "batch_size"),
    },
    "images": {
        "__init__": ("self", "lrate", "loss_fn", "in_size", "out_size"),
        "forward": ("self", "x"),
        "step": ("self", "x"),
        "fit": ("train_set", "dev_set", "n_iter", "batch_size"),
    },
}


def _seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


def _loss_fn(case: Any) -> Any:
    return torch.nn.CrossEntropyLoss() if case.classes else torch.nn.MSELoss()


def _make(module: Any, case: Any, rate: float = RATE) -> Any:
    """A network; two of the same case are twins."""
    _seed(case.seed)
    return module.NeuralNet(rate, _loss_fn(case), PIXELS, case.classes or PIXELS)


def _batch(case: Any, rows: int, number: int, constant: bool = False) -> tuple[Any, ...]:
    """Images like the homework's, each class with a bright stripe of its own, and labels where there are classes."""
    draw = np.random.default_rng([case.seed, number])
    kinds = case.classes or 5
    labels = draw.permutation(np.arange(rows) % kinds)
    images = draw.integers(0, 90, (rows, SIDE, SIDE))
    height = SIDE // kinds
    for image, label in zip(images, labels, strict=True):
        image[label * height : (label + 1) * height] += 150
    if constant:
        # Border pixels that are black in every training image.
        images[:, 0, :] = images[:, :, -1] = 0
    x = torch.tensor(images.reshape(rows, PIXELS), dtype=torch.float32)
    return (x, torch.tensor(labels, dtype=torch.int64)) if case.classes else (x / 255,)


def _target(batch: tuple[Any, ...]) -> Any:
    return batch[-1]


def _loss(case: Any, y: Any, batch: tuple[Any, ...]) -> Any:
    return _loss_fn(case)(y if case.classes else y.reshape(len(y), -1), _target(batch))


def _tensors(net: Any) -> list[Any]:
    """Every tensor that a network can learn: registered, listed by get_parameters, or just held."""
    found: dict[int, Any] = {id(tensor): tensor for tensor in net.parameters()}
    waiting: list[Any] = [list(vars(module).values()) for module in net.modules()]
    with suppress(Exception):
        waiting.append(list(net.get_parameters()))
    while waiting:
        value = waiting.pop()
        if isinstance(value, torch.Tensor):
            if value.requires_grad and value.is_leaf:
                found.setdefault(id(value), value)
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return list(found.values())


def _values(net: Any) -> list[Any]:
    return [tensor.detach().clone() for tensor in _tensors(net)]


def _same(a: list[Any], b: list[Any]) -> bool:
    return all(
        bool(((x - y).abs() <= SLACK * (x.abs() + y.abs()).max()).all()) or torch.equal(x, y)
        for x, y in zip(a, b, strict=True)
    )


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= SLACK * (1 + abs(b))


def _changed_signature(function: Any, names: tuple[str, ...]) -> float:
    parameters = inspect.signature(function).parameters
    right = tuple(parameters) == names and ("batch_size" not in names or parameters["batch_size"].default == 100)
    return 0.0 if right else 1.0


def _signatures(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    for name, names in _SIGNATURES["classes" if case.classes else "images"].items():
        function = module.fit if name == "fit" else getattr(module.NeuralNet, name)
        yield f"signature[{name}]", _changed_signature(function, names)


def _activation(y: Any) -> float:
    """Which function made an output: seen from the last node of its graph, and from its values."""
    node = y.grad_fn
    while node is not None:
        name = node.name().removesuffix("0").removesuffix("Backward").lstrip("_")
        if name not in _PASSED:
            break
        node = next((earlier for earlier, _ in node.next_functions if earlier is not None), None)
    sums = y.detach().sum(dim=1)
    if bool((y >= 0).all()) and bool(((sums - 1).abs() <= SLACK).all()):
        return 2.0
    return _ACTIVATIONS.get(name, 1.0) if node is not None else 1.0


def _unused(case: Any, net: Any, batch: tuple[Any, ...]) -> float:
    """How many tensors of a network have no part in its output."""
    tensors = [tensor for tensor in _tensors(net) if tensor.requires_grad]
    gradients = torch.autograd.grad(_loss(case, net.forward(batch[0]), batch), tensors, allow_unused=True)
    return float(sum(gradient is None for gradient in gradients))


def _saving(net: Any, x: Any) -> float:
    """Whether a network that is saved and loaded again works as before."""
    saved = io.BytesIO()
    try:
        torch.save(net, saved)
    except Exception:
        return 2.0
    saved.seek(0)
    again = torch.load(saved, weights_only=False)
    outputs = []
    for one in (net, again):
        _seed(1)
        outputs.append(one.eval()(x))
    return 1.0 if torch.equal(*outputs) else 3.0


def _listed(net: Any) -> float:
    """Whether get_parameters lists every tensor that is learned."""
    listed = net.get_parameters()
    if listed is None or isinstance(listed, torch.Tensor):
        return 2.0
    have = {id(tensor) for tensor in listed}
    return 1.0 if have >= {id(tensor) for tensor in _tensors(net)} else 3.0


def network(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """What a classifier is made of, before any training."""
    net = _make(module, case)
    batch = _batch(case, 7, 0)
    x = batch[0]
    y = net.forward(x)
    yield "shape[7 images]", np.array(y.shape, dtype=float)
    yield "activation", _activation(y)
    count = float(sum(tensor.numel() for tensor in _tensors(net)))
    yield "parameters", count if case.most < 0 else max(0.0, count - case.most)
    yield "unused", _unused(case, net, batch)
    net.eval()
    yield "evaluation", 1.0 if torch.equal(net.forward(x), net.forward(x)) else 0.0
    yield "shape[1 image]", np.array(net.forward(x[:1]).shape, dtype=float)
    yield from _signatures(module, case)
    yield "get_parameters", _listed(net)
    yield "saving", _saving(net, x)


def autoencoder(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """What an autoencoder is made of, before any training."""
    net = _make(module, case)
    batch = _batch(case, 7, 0)
    x = batch[0]
    y = net.forward(x)
    yield "shape", np.array([len(y), y[0].numel()], dtype=float)
    pictures = x.reshape(-1, 1, SIDE, SIDE)
    halves: list[Any] = [getattr(net, name, None) for name in ("encoder", "decoder")]
    modules = all(isinstance(half, torch.nn.Module) for half in halves)
    kinds = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
    made = [any(isinstance(part, kinds) for part in half.modules()) for half in halves if modules]
    yield "encoder and decoder", 2.0 if not modules else 1.0 if made[0] and any(made) else 3.0
    code = net.encoder(pictures)
    yield "image shape", np.array(net.decoder(code).shape, dtype=float)
    # Channels may become more, a picture of a channel has to become smaller; a flat code has none.
    yield "bottleneck", 1.0 if (code[0, 0] if code.dim() > 2 else code[0]).numel() < PIXELS else 0.0
    yield "code size", 1.0 if code[0].numel() < PIXELS else 0.0
    yield "unused", _unused(case, net, batch)
    yield from _signatures(module, case)
    yield "get_parameters", _listed(net)
    yield "saving", _saving(net, x)
    with torch.no_grad():
        for tensor in _tensors(net):
            tensor.mul_(8.0)
        y = net.forward(x)
    yield "range", 1.0 if bool((y >= 0).all() and (y <= 1).all()) else 0.0


@contextmanager
def _watched_updates() -> Iterator[tuple[list[Any], list[Any]]]:
    """The optimizers that make a step, and the tensors that backward starts from."""
    steps: list[Any] = []
    starts: list[Any] = []
    tensors: Any = torch.Tensor
    backward = tensors.backward

    def listen(tensor: Any, *given: Any, **named: Any) -> Any:
        starts.append(tensor)
        return backward(tensor, *given, **named)

    handle = register_optimizer_step_post_hook(lambda optimizer, *_: steps.append(optimizer))
    tensors.backward = listen
    try:
        yield steps, starts
    finally:
        tensors.backward = backward
        handle.remove()


def _forward(net: Any, x: Any) -> Any:
    _seed(1)
    return net.train().forward(x)


def _step(net: Any, batch: tuple[Any, ...]) -> Any:
    _seed(1)
    return net.step(*[part.clone() for part in batch])


def _loss_code(case: Any, module: Any, net: Any, value: float, y: Any, batch: tuple[Any, ...]) -> float:
    """What the returned number is; ``y`` came out before the update and ``net`` has made it."""
    right = float(_loss(case, y, batch))
    entries = y.numel() / len(y)
    if _near(value, right):
        return 1.0
    other = _batch(case, 5, 2)
    twin = _make(module, case)
    before = float(_loss(case, _forward(_make(module, case), other[0]), other))
    added = float(_step(twin, other)) - before
    if added > 0 and _near(value - right, added):
        # What is added is the same for another batch: a penalty on the weights.
        return 1.0
    guesses: dict[float, Callable[[], Any]] = {
        2.0: lambda: _loss(case, _forward(net, batch[0]), batch),
        3.0: lambda: right * len(y),
        4.0: lambda: right / len(y),
        5.0: lambda: _loss(case, y.softmax(-1), batch),
        6.0: lambda: _loss(case, y.sigmoid(), batch),
        7.0: lambda: _loss(case, y.relu(), batch),
        8.0: lambda: 0.0,
        9.0: lambda: right * entries * (1 if case.classes else len(y)),
    }
    return next((code for code, guess in guesses.items() if _near(value, float(guess()))), 0.0)


def step(module: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """One update, and what it does to the next."""
    first, second = _batch(case, 6, 0), _batch(case, 4, 1)
    twin, net = _make(module, case), _make(module, case)
    before = _values(net)
    y = _forward(twin, first[0])
    gradients = torch.autograd.grad(_loss(case, y, first), _tensors(twin), retain_graph=True, allow_unused=True)
    with _watched_updates() as (steps, starts):
        returned = _step(net, first)
    number = None
    with suppress(Exception):
        number = float(returned)
    after = _values(net)
    yield "number", returned
    yield "loss", 0.0 if number is None else _loss_code(case, module, net, number, y.detach(), first)
    moved = not all(map(torch.equal, before, after))
    slopes = [float(((b - a) * g).sum()) for a, b, g in zip(before, after, gradients, strict=True) if g is not None]
    count = float(len(steps) or max(1, len(starts)))
    yield "update", 0.0 if not moved else count if sum(slopes) < 0 else -1.0
    if not moved:
        yield ("all layers", "cleared", "optimizer", "lrate"), (-1.0, -1.0, -1.0, -1.0)
        return
    yield (
        "all layers",
        float(
            sum(
                g is not None and torch.equal(a, b) and float(RATE * g.abs().max()) > SLACK * float(a.abs().max())
                for a, b, g in zip(before, after, gradients, strict=True)
            )
        ),
    )
    other = _make(module, case)
    _step(other, first)
    for tensor in _tensors(other):
        tensor.grad = None
    with _watched_updates() as (later, _):
        _step(net, second)
    _step(other, second)
    yield "cleared", 1.0 if _same(_values(net), _values(other)) else 0.0
    rebuilt = bool(steps and later and steps[0] is not later[0] and any(later[0].state.values()))
    yield "optimizer", 0.0 if rebuilt else 1.0
    still = _make(module, case, 0.0)
    before = _values(still)
    _step(still, first)
    yield "lrate", 1.0 if all(map(torch.equal, before, _values(still))) else 0.0


class _Training:
    """What happens while ``fit`` runs: the batches of each step, and what goes forward after the last of them."""

    def __init__(self) -> None:
        self.batches: list[tuple[Any, ...]] = []
        self.forwards: list[tuple[Any, Any]] = []
        self.unsettled = False
        self.loaders = 0
        self.inside = False

    def stepped(self, batch: Iterable[Any]) -> None:
        self.batches.append(tuple(part.detach().clone() for part in batch if isinstance(part, torch.Tensor)))

    def forward(self, module: Any, given: Any) -> None:
        if self.inside:
            return
        kinds = (torch.nn.modules.dropout._DropoutNd, torch.nn.modules.batchnorm._NormBase)
        if isinstance(module, kinds) and module.training:
            self.unsettled = True
        if isinstance(given, torch.Tensor) and given.dim():
            self.forwards.append((module, given.detach().clone()))

    def settle(self) -> None:
        self.forwards, self.unsettled = [], False


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    own, original = name in vars(owner), getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original) if own else delattr(owner, name)


@contextmanager
def _watched_training(module: Any) -> Iterator[_Training]:
    training = _Training()
    kind = module.NeuralNet
    own_step, own_forward, loader = kind.step, kind.forward, torch.utils.data.DataLoader

    def step(net: Any, *given: Any, **named: Any) -> Any:
        training.stepped([*given, *named.values()])
        training.inside = True
        try:
            return own_step(net, *given, **named)
        finally:
            training.inside = False
            training.settle()

    def forward(net: Any, *given: Any, **named: Any) -> Any:
        training.forward(net, next(iter([*given, *named.values()]), None))
        return own_forward(net, *given, **named)

    def iterate(self: Any) -> Any:
        training.loaders += 1
        return own_iter(self)

    own_iter = loader.__iter__

    def listen(part: Any, given: Any) -> None:
        # The network's own forward is watched above, however it is called.
        if not isinstance(part, kind):
            training.forward(part, next(iter(given), None))

    hook = torch.nn.modules.module.register_module_forward_pre_hook(listen)
    updates = register_optimizer_step_post_hook(lambda *_: training.settle())
    try:
        with (
            _replaced(kind, "step", step),
            _replaced(kind, "forward", forward),
            _replaced(loader, "__iter__", iterate),
        ):
            yield training
    finally:
        hook.remove()
        updates.remove()


def _fit(module: Any, case: Any, train: tuple[Any, ...], dev: Any, n_iter: int, batch: int) -> Any:
    _seed(case.seed)
    return module.fit(*[part.clone() for part in train], dev.clone(), n_iter, batch)


def _array(value: Any) -> Any:
    return value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)


def _form(case: Any, predictions: Any, rows: int) -> float:
    """Whether predictions are a NumPy array of the right shape and kind."""
    if isinstance(predictions, torch.Tensor):
        return 2.0
    if not isinstance(predictions, np.ndarray):
        return 3.0
    if predictions.shape != ((rows,) if case.classes else (rows, PIXELS)):
        return 4.0
    return 1.0 if predictions.dtype.kind in ("iu" if case.classes else "f") else 5.0


def _numbers(losses: Any) -> Any:
    return np.array([float(loss) for loss in losses])


def _scales(train: Any, dev: Any) -> Iterator[Any]:
    """Development images as they are, and standardised in the usual ways."""
    yield dev
    yield dev / 255
    yield (dev - train.mean()) / train.std()
    deviation = train.std(dim=0)
    for least in (0.0, 1e-8, 1e-5):
        yield (dev - train.mean(dim=0)) / (deviation + least)
    yield (dev - train.mean(dim=0)) / torch.where(deviation == 0, 1.0, deviation)


def _stack(given: list[Any]) -> bool:
    """Whether what went in at several calls can be put together."""
    return len({(part.shape[1:], part.dtype) for part in given}) == 1


def _from_net(case: Any, net: Any, training: _Training, train: Any, dev: Any, predictions: Any) -> bool:
    """Whether the network that was returned makes these predictions of what went into it."""
    wanted = np.asarray(_array(predictions), dtype=float).reshape(len(dev), -1)
    net.eval()
    seen: dict[int, tuple[Any, list[Any]]] = {}
    for part, given in training.forwards:
        seen.setdefault(id(part), (part, []))[1].append(given)
    own = {id(part) for part in net.modules()}
    tries = [partial(part, torch.cat(given)) for key, (part, given) in seen.items() if key in own and _stack(given)]
    tries += [partial(net.forward, given) for given in _scales(train, dev)]
    for attempt in tries:
        with suppress(Exception), torch.no_grad():
            made = attempt().reshape(len(dev), -1)
            if case.classes:
                if np.array_equal(made.argmax(dim=1, keepdim=True).numpy(), wanted):
                    return True
            elif bool(np.all(np.abs(made.numpy() - wanted) <= SLACK)):
                return True
    return False


def _owners(train: Any, x: Any) -> Any:
    """Which training image each row of a batch is, however it was scaled."""

    def aligned(rows: Any) -> Any:
        rows = rows - rows.mean(dim=1, keepdim=True)
        return rows / rows.norm(dim=1, keepdim=True)

    rows = aligned(x.reshape(len(x), -1))
    standard = torch.nan_to_num((train - train.mean(dim=0)) / train.std(dim=0))
    return torch.maximum(rows @ aligned(train).T, rows @ aligned(standard).T).argmax(dim=1)


def fit(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """Training on a small set: batches, losses and predictions."""
    train, dev = _batch(case, case.rows, 0), _batch(case, case.dev, 1)[0]
    with _watched_training(module) as training:
        losses, predictions, net = _fit(module, case, train, dev, case.n_iter, case.batch)
    sizes = [len(batch[0]) for batch in training.batches]
    yield "losses", float(len(losses))
    if case.n_iter == 1:
        return
    yield "steps", float(len(sizes))
    if sizes:
        yield "batch size", float(sizes[0] if sizes[0] != case.batch else max(sizes))
    else:
        yield "batch size", 0.0
    owners = [_owners(train[0], batch[0]) for batch in training.batches if batch and len(batch[0])]
    if case.classes:
        wrong = [
            int((train[1][own] != batch[1].reshape(-1)).sum())
            for own, batch in zip(owners, [batch for batch in training.batches if len(batch[0])], strict=True)
        ]
        yield "labels", float(sum(wrong))
    seen = len({int(row) for own in owners for row in own})
    yield "new batches", 1.0 if seen > case.batch else 0.0
    yield "DataLoader", float(training.loaders > 0)
    yield "form", _form(case, predictions, case.dev)
    yield "evaluation", 0.0 if training.unsettled else 1.0
    yield "network", 1.0 if training.unsettled or _from_net(case, net, training, train[0], dev, predictions) else 0.0


def sets(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """Training sets that batches do not fit, and development sets of a few rows."""
    train, dev = _batch(case, case.rows, 0, case.constant), _batch(case, 9, 1)[0]
    with _watched_training(module) as training:
        losses, predictions, _ = _fit(module, case, train, dev, case.n_iter, case.batch)
    if case.kind == "few rows":
        yield case.kind, _alone(module, case, train, dev, _array(predictions))
        return
    empty = any(len(batch[0]) == 0 for batch in training.batches)
    finite = bool(np.isfinite(_numbers(losses)).all()) and bool(np.isfinite(_array(predictions)).all())
    yield case.kind, 2.0 if empty else 1.0 if finite else 3.0


def _alone(module: Any, case: Any, train: tuple[Any, ...], dev: Any, together: Any) -> float:
    """Whether single rows are predicted as they are among others."""
    for row in range(3):
        _, predictions, _ = _fit(module, case, train, dev[row : row + 1], case.n_iter, case.batch)
        alone = np.asarray(_array(predictions), dtype=float).ravel()
        among = np.asarray(together, dtype=float).reshape(len(dev), -1)[row]
        if alone.shape != among.shape or not np.all(np.abs(alone - among) <= SLACK):
            return 0.0
    return 1.0


def held_out(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """Training as the command line runs it; the test set takes the place of the development set."""
    x, test = (torch.tensor(images, dtype=torch.float32) for images in (case.x, case.test))
    train = (x, torch.tensor(case.labels, dtype=torch.int64)) if case.classes else (x / 255,)
    losses, predictions, _ = module.fit(*train, test if case.classes else test / 255, case.n_iter)
    with suppress(TypeError, ValueError):
        yield "curve loss", _numbers(losses)
    yield "predictions", np.asarray(_array(predictions), dtype=float)
