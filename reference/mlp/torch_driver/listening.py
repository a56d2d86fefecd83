"""What a script does with torch: passes through networks, gradients, and updates, however they are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as hooks
from torch.optim.optimizer import register_optimizer_step_post_hook

from .passes import Pass, Passes
from .script import EnoughError, replaced

PICTURE = 3 * 32 * 32
SETTLING = (nn.modules.dropout._DropoutNd, nn.modules.batchnorm._NormBase)
"""Modules that behave otherwise in evaluation mode."""


def _leads_to(node: Any, wanted: Any) -> bool:
    """Whether a gradient that starts at ``node`` comes by ``wanted``."""
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if node is wanted and node is not None:
            return True
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [before for before, _ in node.next_functions]
    return False


def _is_pictures(given: Any) -> bool:
    return isinstance(given, torch.Tensor) and given.dim() > 1 and len(given) > 0 and given[0].numel() == PICTURE


class Listener:
    """Hears what happens, and tells ``passes``.

    ``moved`` is how far the parameters went at the first update; after it, a script is stopped when ``first_only``.
    """

    def __init__(self, passes: Passes, first_only: bool) -> None:
        self.passes = passes
        self.first_only = first_only
        self.optimizers: list[Any] = []
        self.stale: list[bool] = []
        self.moved = 0.0
        self.units: list[int] = []
        self.slopes: list[float] = []
        self._owner: Any = None
        self._settled: list[bool] = []
        self._open: list[tuple[Pass, Any, Any]] = []
        self._asked = False
        self._stepped: set[int] = set()
        self._before: list[tuple[Any, Any]] = []

    def enter(self, module: Any, given: Any) -> bool:
        """A module begins; True when it is the whole network."""
        if self._owner is not None:
            if isinstance(module, SETTLING):
                self._settled.append(not module.training)
            self._note(module)
            return False
        if not _is_pictures(given) or next(module.parameters(), None) is None:
            return False
        self._by_hand()
        self._owner, self._settled = module, []
        self._note(module)
        return True

    def _note(self, module: Any) -> None:
        """Layers of the first network that runs, for classes that are not the homework's."""
        if not self.passes.passes:
            self.units += [module.out_features] if isinstance(module, nn.Linear) else []
            self.slopes += [module.negative_slope] if isinstance(module, nn.LeakyReLU) else []

    def leave(self, module: Any, given: Any, y: Any) -> None:
        """The whole network has ended, with an output or None."""
        if module is not self._owner:
            return
        self._owner = None
        if isinstance(y, torch.Tensor) and y.dim() == 2:
            x, out = (tensor.detach().cpu().numpy().copy() for tensor in (given, y))
            one = self.passes.forward(x, out, settled=self._settled, recorded=y.requires_grad)
            self._open.append((one, y.grad_fn, module))

    def backward(self, start: Any) -> None:
        """Gradients are about to be worked out from ``start``."""
        losses = [start] if isinstance(start, torch.Tensor) else list(start)
        learned = [(one, module) for one, node, module in self._open if any(_leads_to(s.grad_fn, node) for s in losses)]
        self.passes.losses.append(float(sum(s.detach().double().mean() for s in losses)))
        for one, module in learned:
            one.learned = True
            if not self._asked:
                # The first gradients after an update: nothing may be left of earlier ones.
                self._asked = True
                parameters = list(module.parameters())
                self.stale.append(any(p.grad is not None and bool(p.grad.any()) for p in parameters))
                if not self.optimizers:
                    self._before = [(p, p.detach().clone()) for p in parameters]

    def _changed(self) -> float:
        return sum(float((p.detach() - before).double().abs().sum()) for p, before in self._before)

    def _by_hand(self) -> None:
        """An update that no optimizer has made is seen by what it has changed."""
        if not self.optimizers and self._changed() > 0:
            self.updated()

    def stepped(self, optimizer: Any, *_: Any) -> None:
        """An optimizer has made a step: several that share the parameters among them make one update."""
        self.optimizers.append(optimizer)
        moved = {id(p) for group in optimizer.param_groups for p in group["params"]}
        if not self._asked and self._stepped and self._stepped.isdisjoint(moved):
            self._stepped |= moved
            return
        self._stepped = moved
        self.updated()

    def updated(self) -> None:
        """Parameters have been moved."""
        if self.passes.updates == 0:
            self.moved = self._changed()
        self.passes.updates += 1
        self._open, self._asked, self._before = [], False, []
        if self.first_only or self.passes.updates > self.passes.most:
            raise EnoughError

    def end(self) -> None:
        """The script has ended."""
        self._by_hand()


@contextmanager
def listening(passes: Passes, network: Any, first_only: bool = False) -> Iterator[Listener]:
    """Listen to the passes of the class ``network``, called or by its ``forward``, and of all other modules."""
    listener = Listener(passes, first_only)
    own_forward, own_backward, own_grad = network.forward, torch.autograd.backward, torch.autograd.grad

    def forward(module: Any, *given: Any, **named: Any) -> Any:
        first = next(iter([*given, *named.values()]), None)
        whole, y = listener.enter(module, first), None
        try:
            y = own_forward(module, *given, **named)
            return y
        finally:
            if whole:
                listener.leave(module, first, y)

    def backward(start: Any, *given: Any, **named: Any) -> Any:
        listener.backward(start)
        return own_backward(start, *given, **named)

    def grad(outputs: Any, *given: Any, **named: Any) -> Any:
        listener.backward(outputs)
        return own_grad(outputs, *given, **named)

    def enter(module: Any, given: Any) -> None:
        # The homework's class is heard by its forward.
        if not isinstance(module, network):
            listener.enter(module, next(iter(given), None))

    def leave(module: Any, given: Any, y: Any) -> None:
        if not isinstance(module, network):
            listener.leave(module, next(iter(given), None), y)

    handles = [
        hooks.register_module_forward_pre_hook(enter),
        hooks.register_module_forward_hook(leave, always_call=True),
        register_optimizer_step_post_hook(listener.stepped),
    ]
    try:
        with (
            replaced(network, "forward", forward),
            replaced(torch.autograd, "backward", backward),
            replaced(torch.autograd, "grad", grad),
        ):
            yield listener
    finally:
        for handle in handles:
            handle.remove()
