"""How the ConvNet is called, and what it is made of, seen while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode

from .values import ParametersError, array, copy, forward, numbers


def _pair(value: Any) -> tuple[Any, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)


class Poolings(TorchFunctionMode):
    """Counts the poolings that run, and those that are 3x3 with stride 2 and padding 1."""

    def __init__(self) -> None:
        super().__init__()
        self.ran = self.right = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "").startswith("max_pool2d"):
            given = dict(zip(("input", "kernel_size", "stride", "padding", "dilation"), args, strict=False))
            given |= kwargs or {}
            window = [
                given.get("kernel_size"),
                given.get("stride") or given.get("kernel_size"),
                given.get("padding", 0),
            ]
            self.ran += 1
            self.right += [_pair(value) for value in window] == [(3, 3), (2, 2), (1, 1)]
        return func(*args, **(kwargs or {}))


@contextmanager
def running(*kinds: type) -> Iterator[list[Any]]:
    """The modules of these kinds, each time that one runs."""
    ran: list[Any] = []

    def note(module: Any, _: Any) -> None:
        if isinstance(module, kinds):
            ran.append(module)

    hook = register_module_forward_pre_hook(note)
    try:
        yield ran
    finally:
        hook.remove()


LARGEST_WEIGHT = 0.97
"""Torch draws weights between -1 / sqrt(fan_in) and 1 / sqrt(fan_in). Of the 1728 weights of the smallest layer, all
are below this share of the limit with a probability of 0.97^1728 < 1e-22."""


def by_default(module: Any) -> bool:
    """Whether a layer's weights can be those that torch has drawn."""
    weight = module.weight.detach()
    largest = float(weight.double().abs().max() * weight[0].numel() ** 0.5)
    return LARGEST_WEIGHT < largest < 1 + 1e-6


def _distinct(ran: list[Any], kind: type) -> list[Any]:
    return list(dict.fromkeys(module for module in ran if isinstance(module, kind)))


def _right_convolution(module: Any) -> bool:
    padding = module.padding
    if padding == "same" and module.kernel_size == (3, 3):
        padding = (1, 1)
    settings = module.kernel_size, module.stride, padding, module.dilation
    return bool(settings == ((3, 3), (1, 1), (1, 1), (1, 1)) and module.padding_mode == "zeros" and module.groups == 1)


def _right_norm(module: Any) -> bool:
    default = nn.BatchNorm2d(module.num_features)
    names = ("eps", "momentum", "affine", "track_running_stats")
    return all(getattr(module, name) == getattr(default, name) for name in names)


WIDTHS = (64, 128, 256, 256, 512, 512, 512, 512)
AFFINE = ("bias", "scale", "shift", "mean", "var")


def _layers(case: Any) -> list[dict[str, Any]]:
    """The case's parameters, layer by layer; weights as (outputs, inputs * cells)."""
    layers = []
    inputs, start = case.channels, 0
    for outputs in WIDTHS:
        rows = slice(start, start + outputs)
        layer = {"weight": _dense(case.index[rows], case.value[rows], 9 * inputs)}
        layers.append(layer | dict(zip(AFFINE, np.ascontiguousarray(case.affine[:, rows]), strict=True)))
        inputs, start = outputs, start + outputs
    layers.append({"weight": _dense(case.last_index, case.last_value, inputs), "bias": case.last_bias})
    return layers


def _dense(index: Any, value: Any, width: int) -> Any:
    weight = np.zeros((len(index), width))
    weight[np.arange(len(index))[:, None], index] = value
    return weight


def _fill(ran: list[Any], case: Any) -> None:
    """Copy the case's parameters into the layers in the order in which they run."""
    convolutions, norms, linears = (_distinct(ran, kind) for kind in (nn.Conv2d, nn.BatchNorm2d, nn.Linear))
    if (len(convolutions), len(norms), len(linears)) != (8, 8, 1):
        raise ParametersError(
            f"values cannot be compared: 8 Conv2d, 8 BatchNorm2d and 1 Linear should run, but it is "
            f"{len(convolutions)}, {len(norms)} and {len(linears)}"
        )
    layers = _layers(case)
    for k, (convolution, norm) in enumerate(zip(convolutions, norms, strict=True)):
        _fill_layer(convolution, layers[k], f"Conv2d number {k + 1}", 9)
        for name, part in (("scale", "weight"), ("shift", "bias"), ("mean", "running_mean"), ("var", "running_var")):
            _fill_part(getattr(norm, part), layers[k][name], f"{part} of BatchNorm2d number {k + 1}")
    _fill_layer(linears[0], layers[8], "Linear", 1)


def _fill_layer(layer: Any, values: dict[str, Any], what: str, cells: int) -> None:
    outputs, width = values["weight"].shape
    if (layer.weight.shape[0], layer.weight[0].numel()) != (outputs, width):
        raise ParametersError(
            f"{what} has a weight of shape {tuple(layer.weight.shape)}; {width // cells} inputs and {outputs} outputs "
            "are asked for"
        )
    copy(layer.weight, values["weight"])
    _fill_part(layer.bias, values["bias"], f"bias of {what}")


def _fill_part(own: Any, values: Any, what: str) -> None:
    if own is None or tuple(own.shape) != values.shape:
        there = "none" if own is None else f"of shape {tuple(own.shape)}"
        raise ParametersError(f"{what}: {there}, expected one of shape {values.shape}")
    copy(own, values)


def convnet(convnet_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """ConvNet: what it is made of, seen while it runs in training mode, then its output in evaluation mode."""
    network = convnet_pytorch.ConvNet(case.channels, case.classes)
    if case.counted:
        yield "parameters", numbers(network)
        layers = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
        yield "initial", float(sum(map(by_default, layers)))
    failure: Exception | None = None
    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Linear)
    with running(*kinds) as ran, Poolings() as poolings:
        try:
            network(torch.from_numpy(case.x).float())
        except Exception as error:
            failure = error
    if case.counted and not isinstance(failure, NotImplementedError):
        convolutions, linears = _distinct(ran, nn.Conv2d), _distinct(ran, nn.Linear)
        yield "convolutions", np.array([len(convolutions), sum(map(_right_convolution, convolutions))], dtype=float)
        norms = _distinct(ran, nn.BatchNorm2d)
        # As a negative number, those with other settings than torch's.
        yield "batch_norms", float(-sum(not _right_norm(norm) for norm in norms) or len(norms))
        yield "pools", np.array([poolings.ran, poolings.right], dtype=float)
        # What comes after a failure has not been seen.
        if failure is None:
            yield "linear", float(len(linears))
    if failure is not None:
        raise failure
    network.double().eval()
    _fill(ran, case)
    with torch.no_grad():
        y = forward(network, torch.from_numpy(case.x))
    yield "y", array(y)
    if case.counted:
        yield "logits", array(y)
