"""One device: what code that was written for a GPU finds where there is none, nor processes that load, nor a compiler.

Loaded by the worker and by notebook kernels, where torch is, before any of the student's code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

_LIKE = ("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like")
_DRAWN = ("rand", "randn", "randint", "randperm", "normal")
_FILLED = ("zeros", "ones", "empty", "full", "eye", "arange", "linspace", "tensor", "as_tensor", "asarray")
# What makes tensors and is told on which device.
_FUNCTIONS = (*_LIKE, *_DRAWN, *_FILLED)
_METHODS = ("new_zeros", "new_ones", "new_empty", "new_full", "new_tensor")


def install(torch: Any) -> None:
    """Everything stays where it is, and data is loaded here."""
    for owner in (torch.Tensor, torch.nn.Module):
        owner.to = _moving(owner.to, torch.device)
        owner.cuda = _stay
    for owner, names in ((torch, _FUNCTIONS), (torch.Tensor, _METHODS)):
        for name in names:
            setattr(owner, name, _placing(getattr(owner, name)))
    for name in [name for name in vars(torch.cuda) if name.endswith("Tensor")]:
        setattr(torch.cuda, name, getattr(torch, name))
    torch.cuda.device = lambda which: nullcontext()
    torch.compile = _uncompiled
    torch.Generator = type("Generator", (torch.Generator,), {"__new__": _generator})
    # A function for each: torch's compiler does not take two names of one.
    for owner, name, answer in (
        (torch, "set_default_device", None),
        (torch, "set_default_tensor_type", None),
        (torch.cuda, "set_device", None),
        (torch.cuda, "synchronize", None),
        (torch.cuda, "current_device", 0),
        (torch.cuda, "get_device_name", "cpu"),
    ):
        setattr(owner, name, _answering(answer))
    # Parameters of lazy layers, which have no shape yet, refuse every method that they do not know.
    torch.nn.parameter.UninitializedTensorMixin._allowed_methods += [torch.Tensor.to, torch.Tensor.cuda]
    torch.utils.data.DataLoader.__init__ = _loading_here(torch.utils.data.DataLoader.__init__)


def _placing(own: Callable[..., Any]) -> Callable[..., Any]:
    """Makes tensors where there is room for them, whatever device is asked for."""

    @functools.wraps(own)
    def make(*given: Any, **named: Any) -> Any:
        if named.get("device") is not None and str(named["device"]) != "meta":
            named["device"] = "cpu"
        return own(*given, **named)

    return make


def _generator(kind: Any, device: Any = None) -> Any:
    return kind.__base__.__new__(kind)


def _uncompiled(model: Any = None, **named: Any) -> Any:
    """There is no compiler, and what is graded is the same without."""
    return model if model is not None else lambda model: model


def _answering(answer: Any) -> Callable[..., Any]:
    return lambda *given, **named: answer


def _stay(self: Any, *given: Any, **named: Any) -> Any:
    """In the place of ``cuda()``."""
    return self


def _moving(own: Callable[..., Any], device: type) -> Callable[..., Any]:
    def here(value: Any) -> Any:
        if isinstance(value, (device, str)):
            return "cpu" if str(value).partition(":")[0] in ("cuda", "mps") else value
        return "cpu" if type(value) is int else value

    def to(self: Any, *given: Any, **named: Any) -> Any:
        return own(self, *map(here, given), **{name: here(value) for name, value in named.items()})

    return to


def _loading_here(own: Callable[..., None]) -> Callable[..., None]:
    """The sixth argument is the number of processes; the eighth pins memory for a GPU."""

    def init(self: Any, *given: Any, **named: Any) -> None:
        for name in ("num_workers", "prefetch_factor", "persistent_workers", "pin_memory", "multiprocessing_context"):
            named.pop(name, None)
        own(self, *given[:5], *(0 for _ in given[5:6]), *given[6:7], *(False for _ in given[7:8]), *given[8:], **named)

    return init
