"""What a network is made of, before any training."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from .learned import SLACK, tensors
from .signatures import signatures
from .twins import PIXELS, SIDE, loss_of, make, make_batch, seed

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


def _activation(net: Any, x: Any) -> float:
    """Which function made an output: seen from its values, and from the last node of its graph."""
    seed(1)
    # Small numbers, of which an exponential by hand is finite, too.
    small = net.forward(torch.randn(64, PIXELS)).detach()
    sums = small.sum(dim=1)
    if bool((small >= 0).all()) and bool(((sums - 1).abs() <= SLACK).all()):
        return 2.0
    node = net.forward(x).grad_fn
    while node is not None:
        name = node.name().rstrip("0123456789").removesuffix("Backward").lstrip("_")
        if name not in _PASSED:
            break
        node = next((earlier for earlier, _ in node.next_functions if earlier is not None), None)
    if node is not None and name in _ACTIVATIONS:
        return _ACTIVATIONS[name]
    # A ReLU by hand: no score is below zero, and some are cut off.
    return 6.0 if bool((small >= 0).all() and (small == 0).any() and (small > 0).any()) else 1.0


def _alike(a: Any, b: Any) -> bool:
    """The same numbers; what is not a number is alike, too."""
    return bool(((a == b) | (a.isnan() & b.isnan())).all())


def _unused(case: Any, net: Any, batch: tuple[Any, ...]) -> float:
    """How many tensors of a network have no part in its output."""
    learned = [tensor for tensor in tensors(net) if tensor.requires_grad]
    gradients = torch.autograd.grad(loss_of(case, net.forward(batch[0]), batch), learned, allow_unused=True)
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
        seed(1)
        outputs.append(one.eval()(x))
    return 1.0 if _alike(*outputs) else 3.0


def _listed(net: Any) -> float:
    """Whether get_parameters lists every tensor that is learned."""
    listed = net.get_parameters()
    if listed is None or isinstance(listed, torch.Tensor):
        return 2.0
    # By place in memory: `parameter.data` is another object with the same numbers.
    have = {tensor.data_ptr() for tensor in listed}
    return 1.0 if have >= {tensor.data_ptr() for tensor in tensors(net)} else 3.0


def network(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """What a classifier is made of, before any training."""
    net = make(module, case)
    batch = make_batch(case, 7, 0)
    x = batch[0]
    y = net.forward(x)
    yield "shape[7 images]", np.array(y.shape, dtype=float)
    yield "activation", _activation(net, x)
    count = float(sum(tensor.numel() for tensor in tensors(net)))
    yield "parameters", count if case.most < 0 else max(0.0, count - case.most)
    yield "unused", _unused(case, net, batch)
    net.eval()
    yield "evaluation", 1.0 if _alike(net.forward(x), net.forward(x)) else 0.0
    yield "shape[1 image]", np.array(net.forward(x[:1]).shape, dtype=float)
    yield from signatures(module, case)
    yield "get_parameters", _listed(net)
    yield "saving", _saving(net, x)


def autoencoder(module: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """What an autoencoder is made of, before any training."""
    net = make(module, case)
    batch = make_batch(case, 7, 0)
    x = batch[0]
    y = net.forward(x)
    yield "shape", np.array([len(y), y[0].numel()], dtype=float)
    pictures = x.reshape(-1, 1, SIDE, SIDE)
    halves: list[Any] = [getattr(net, name, None) for name in ("encoder", "decoder")]
    modules = all(isinstance(half, torch.nn.Module) for half in halves)
    kinds = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
    made = [any(isinstance(part, kinds) for part in half.modules()) for half in halves if modules]
    yield "encoder and decoder", 2.0 if not modules else 1.0 if made[0] and any(made) else 3.0
    # A network of float64 has cast its images before they get here.
    code = net.encoder(pictures.to(next((part.dtype for part in net.encoder.parameters()), x.dtype)))
    yield "image shape", np.array(net.decoder(code).shape, dtype=float)
    # Channels may become more, a picture of a channel has to become smaller; a flat code has none.
    yield "bottleneck", 1.0 if (code[0, 0] if code.dim() > 2 else code[0]).numel() < PIXELS else 0.0
    yield "code size", 1.0 if code[0].numel() < PIXELS else 0.0
    yield "unused", _unused(case, net, batch)
    yield from signatures(module, case)
    yield "get_parameters", _listed(net)
    yield "saving", _saving(net, x)
    with torch.no_grad():
        for tensor in tensors(net):
            tensor.mul_(8.0)
        y = net.forward(x)
    yield "range", 1.0 if bool((y >= 0).all() and (y <= 1).all()) else 0.0
