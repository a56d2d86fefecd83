"""What happens while a network makes its steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from .learned import values


@contextmanager
def watched_updates() -> Iterator[tuple[list[Any], list[Any], dict[int, Any]]]:
    """The optimizers that make a step, the tensors that backward starts from, and the gradients by their tensor."""
    steps: list[Any] = []
    starts: list[Any] = []
    gradients: dict[int, Any] = {}
    tensors: Any = torch.Tensor
    backward = tensors.backward

    def listen(tensor: Any, *given: Any, **named: Any) -> Any:
        starts.append(tensor)
        return backward(tensor, *given, **named)

    def stepped(optimizer: Any, *_: Any) -> None:
        steps.append(optimizer)
        held = [part for group in optimizer.param_groups for part in group["params"]]
        gradients.update((id(part), part.grad.clone()) for part in held if part.grad is not None)

    handle = register_optimizer_step_post_hook(stepped)
    tensors.backward = listen
    try:
        yield steps, starts, gradients
    finally:
        tensors.backward = backward
        handle.remove()


class Training:
    """What happens while ``fit`` runs: the batches of each step, and what goes forward after the last of them."""

    def __init__(self) -> None:
        self.batches: list[tuple[Any, ...]] = []
        self.forwards: list[tuple[Any, Any]] = []
        self.unsettled = False
        self.loaders = 0
        self.inside = False
        # For what size of a set the network's tensors are noted that predict it, and these, but for the last update.
        self.rows = 0
        self.earlier: list[list[Any]] = []
        # How far the numbers are spread that go into a part within a step.
        self.spread: dict[int, float] = {}

    def stepped(self, batch: Iterable[Any]) -> None:
        self.batches.append(tuple(part.detach().clone() for part in batch if isinstance(part, torch.Tensor)))

    def forward(self, module: Any, given: Any) -> None:
        if self.inside:
            if isinstance(given, torch.Tensor) and given.is_floating_point() and given.numel() > 1:
                self.spread[id(module)] = float(given.detach().std())
            return
        kinds = (torch.nn.modules.dropout._DropoutNd, torch.nn.modules.batchnorm._NormBase)
        if isinstance(module, kinds) and module.training:
            self.unsettled = True
        if isinstance(given, torch.Tensor) and given.dim():
            self.forwards.append((module, given.detach().clone()))
            if self.batches and len(given) == self.rows and hasattr(module, "step"):
                self.earlier.append(values(module))

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
def watched_training(module: Any) -> Iterator[Training]:
    training = Training()
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
