"""How the PyTorch half is called. Runs beside the student's code, with the standard library, NumPy and torch only.

Every function gets the student's modules and a case, and yields (name, value) as soon as it has them. Names of layers
and parameters are the student's choice: values are copied into them by shape and order. All runs in float64, or in
float32 where the student's code insists on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise, product
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode


class ParametersError(Exception):
    """A module does not hold the parameters that it should."""


class ForbiddenError(Exception):
    """A function of torch does what was to be written."""


def _array(value: Any) -> Any:
    return value.detach().numpy() if isinstance(value, torch.Tensor) else value


def _copy(parameter: torch.Tensor, values: Any) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(values).reshape(parameter.shape))


def _forward(module: Any, inputs: Any) -> Any:
    """The output in float64, or in float32 where the code does not take float64."""
    module.double()
    try:
        return module(inputs)
    except RuntimeError as error:
        if not any(word in str(error) for word in ("dtype", "Double", "Float", "double", "float")):
            raise
        module.float()
        return module(inputs.float())


def _gradients(y: Any, inputs: list[Any], dy: Any) -> list[Any]:
    found = torch.autograd.grad(y, inputs, torch.from_numpy(dy).to(y.dtype), retain_graph=True, allow_unused=True)
    return [np.zeros(x.shape) if g is None else g.detach().numpy() for x, g in zip(inputs, found, strict=True)]


def _numbers(module: Any) -> float:
    return float(sum(parameter.numel() for parameter in module.parameters()))


def _use_before(case: Any, module: Any) -> None:
    """A training step on another, smaller batch: nothing of that may be left in the answers."""
    if case.used_before:
        # An exception is not judged here: the calls that follow will raise it again.
        with suppress(Exception):
            _forward(module, torch.from_numpy(2 * case.x[:2] + 1)).sum().backward()
        module.zero_grad()


def _taken(shapes: list[tuple[int, ...]], wanted: list[tuple[int, ...]], used: set[int]) -> int:
    """The place of the one parameter with one of these shapes."""
    fitting = [k for k, shape in enumerate(shapes) if k not in used and shape in wanted]
    if not fitting:
        raise ParametersError(f"no parameter has the shape {wanted[0]}; there are: {shapes}")
    used.add(fitting[0])
    return fitting[0]


def mlp(mlp_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """MLP: parameters, output and the gradients of all parameters."""
    depth = len(case.n_hidden) + 1
    weights, biases = ([getattr(case, f"{kind}{k}") for k in range(depth)] for kind in ("weight", "bias"))
    widths = [case.x.shape[1], *case.n_hidden, case.dy.shape[1]]
    hidden = list(case.n_hidden)
    network = mlp_pytorch.MLP(widths[0], hidden, widths[-1], case.neg_slope)
    yield "n_hidden", float(hidden == list(case.n_hidden))
    yield "parameters", _numbers(network)
    # Dropout and the like would be random.
    network.double().eval()
    parameters = list(network.parameters())
    shapes = [tuple(parameter.shape) for parameter in parameters]
    used: set[int] = set()
    places = [_taken(shapes, [(o, i), (i, o)], used) for i, o in pairwise(widths)]
    bias_places = [_taken(shapes, [(o,), (1, o), (o, 1)], used) for o in widths[1:]]
    # Torch's layers have the weight (out, in).
    turned = [shapes[at] == (o, i) for at, (i, o) in zip(places, pairwise(widths), strict=True)]
    for k in range(depth):
        _copy(parameters[places[k]], np.ascontiguousarray(weights[k].T) if turned[k] else weights[k])
        _copy(parameters[bias_places[k]], biases[k])
    _use_before(case, network)
    y = _forward(network, torch.from_numpy(case.x))
    yield "y", _array(y)
    yield "logits", _array(y)
    parameters = list(network.parameters())
    ordered = [parameters[at] for at in (*places, *bias_places)]
    gradients = _gradients(y, ordered, case.dy)
    for k in range(depth):
        yield f"weight.grad[{k}]", gradients[k].T if turned[k] else gradients[k]
    for k in range(depth):
        yield f"bias.grad[{k}]", gradients[depth + k].reshape(-1)


_NORMALISING = ("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm")


class _Own(TorchFunctionMode):
    """Refuses the functions of torch that normalise, by whatever name they are imported."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if any(word in name for word in _NORMALISING):
            raise ForbiddenError(f"{name} of torch is called: write the normalisation yourself")
        return func(*args, **(kwargs or {}))


def _scale_and_shift(module: Any) -> tuple[Any, Any]:
    """Gamma and beta by any name: of two tensors, gamma is the one nearer to ones at the start, else the first."""
    found = list(module.parameters())
    if len(found) != 2:
        held = [*found, *module.buffers(), *vars(module).values()]
        found = list({id(value): value for value in held if isinstance(value, torch.Tensor)}.values())
    if len(found) != 2:
        shapes = [tuple(value.shape) for value in found]
        raise ParametersError(f"two parameters are expected, gamma and beta; there are: {shapes or 'none'}")
    first, second = found
    with torch.no_grad():
        swapped = (first - 1).abs().sum() > (second - 1).abs().sum()
    return (second, first) if swapped else (first, second)


def _refused(module: Any, n: int, c: int) -> Any:
    """For each of five wrong shapes, whether any exception is raised; the right one has just been accepted."""
    refused = []
    for shape in ((n, c + 1), (n, 1), (c,), (n, c, c), (n, c, 1)):
        try:
            module(torch.ones(shape, dtype=torch.float64))
        except Exception:
            refused.append(1.0)
        else:
            refused.append(0.0)
    return np.array(refused)


def _made(make: Any, case: Any) -> Any:
    c = case.gamma.size
    return make(c, case.eps) if case.eps_given else make(c)


def _normalised(make: Any, case: Any) -> Iterator[Any]:
    """The outputs of a module, and among them the tensor y itself."""
    n, c = case.x.shape
    with _Own():
        module = _made(make, case)
    registered = [tuple(parameter.shape) for parameter in module.parameters()]
    single = n == 1
    if not single:
        yield "registered", float(len(registered))
    module.double()
    gamma, beta = _scale_and_shift(module)
    if not single:
        yield "gamma", _array(gamma.detach().clone())
        yield "beta", _array(beta.detach().clone())
    for tensor, values in ((gamma, case.gamma), (beta, case.beta)):
        if tensor.numel() != c:
            raise ParametersError(
                f"gamma and beta should have {c} entries, but one has the shape {tuple(tensor.shape)}"
            )
        _copy(tensor, values)
        tensor.requires_grad_()
    x = torch.from_numpy(case.x).requires_grad_()
    with _Own():
        _use_before(case, module)
        y = _forward(module, x)
    yield "y", _array(y)
    if single:
        return
    if c > 1:
        with _Own():
            yield "shapes", _refused(module, n, c)
    yield y
    gradients = _gradients(y, [x, gamma, beta], case.dy)
    yield "x.grad", gradients[0]
    # Their shape is judged once, at the start.
    yield "gamma.grad", gradients[1].reshape(-1)
    yield "beta.grad", gradients[2].reshape(-1)


def batchnorm_autograd(custom_batchnorm: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """CustomBatchNormAutograd."""
    for given in _normalised(custom_batchnorm.CustomBatchNormAutograd, case):
        if isinstance(given, tuple):
            yield given


def _in_graph(node: Any, function: Any) -> bool:
    """Whether a function of one's own has made a node that leads to this one."""
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if getattr(node, "_forward_cls", None) is function:
            return True
        waiting += [before for before, _ in node.next_functions]
    return False


def batchnorm_module(custom_batchnorm: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """CustomBatchNormManualModule, and whether it calls the function."""
    for given in _normalised(custom_batchnorm.CustomBatchNormManualModule, case):
        if isinstance(given, tuple):
            yield given
        else:
            yield "function", float(_in_graph(given.grad_fn, custom_batchnorm.CustomBatchNormManualFunction))


def _tensors(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return 1
    if isinstance(value, dict):
        return sum(map(_tensors, value.values()))
    return sum(map(_tensors, value)) if isinstance(value, list | tuple | set) else 0


def _saved(ctx: Any, size: int) -> float:
    """Different tensors of at least this size that are saved, one at least."""
    return float(max(1, len({t.data_ptr() for t in ctx.saved_tensors if t is not None and t.numel() >= size})))


def batchnorm_function(custom_batchnorm: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """CustomBatchNormManualFunction under every mask of required gradients."""
    function = custom_batchnorm.CustomBatchNormManualFunction
    arrays = {name: getattr(case, name) for name in ("x", "gamma", "beta")}
    eps = (case.eps,) if case.eps_given else ()
    unneeded = []
    with _Own():
        for k, mask in enumerate(list(product((True, False), repeat=3))[:-1]):
            inputs = [torch.from_numpy(a).requires_grad_(m) for a, m in zip(arrays.values(), mask, strict=True)]
            y = function.apply(*inputs, *eps)
            if k == 0:
                yield "y", _array(y)
                if len(case.x) == 1:
                    return
                yield "saved", _saved(y.grad_fn, case.x.size)
                yield "context", float(_tensors(vars(y.grad_fn)))
            needed = [x for x in inputs if x.requires_grad]
            names = [f"{name}.grad[{k}]" for name, m in zip(arrays, mask, strict=True) if m]
            yield from zip(names, _gradients(y, needed, case.dy), strict=True)
            returned = function.backward(y.grad_fn, torch.from_numpy(case.dy.copy()))
            unneeded.append([float(gradient is None) for gradient in returned[:3]])
        yield "unneeded", np.array(unneeded)
        if case.gradcheck:
            inputs = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays.values()]
            checked = torch.autograd.gradcheck(function.apply, (*inputs, *eps), raise_exception=False)
            yield "gradcheck", float(checked)


def _pair(value: Any) -> tuple[Any, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)


class _Poolings(TorchFunctionMode):
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
def _running(*kinds: type) -> Iterator[list[Any]]:
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


def _by_default(module: Any) -> bool:
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
    return bool(settings == ((3, 3), (1, 1), (1, 1), (1, 1)))


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
    _copy(layer.weight, values["weight"])
    _fill_part(layer.bias, values["bias"], f"bias of {what}")


def _fill_part(own: Any, values: Any, what: str) -> None:
    if own is None or tuple(own.shape) != values.shape:
        there = "none" if own is None else f"of shape {tuple(own.shape)}"
        raise ParametersError(f"{what}: {there}, expected one of shape {values.shape}")
    _copy(own, values)


def convnet(convnet_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """ConvNet: what it is made of, seen while it runs in training mode, then its output in evaluation mode."""
    network = convnet_pytorch.ConvNet(case.channels, case.classes)
    if case.counted:
        yield "parameters", _numbers(network)
        layers = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
        yield "initial", float(sum(map(_by_default, layers)))
    failure: Exception | None = None
    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Linear)
    with _running(*kinds) as ran, _Poolings() as poolings:
        try:
            network(torch.from_numpy(case.x).float())
        except Exception as error:
            failure = error
    if case.counted and not isinstance(failure, NotImplementedError):
        convolutions, linears = _distinct(ran, nn.Conv2d), _distinct(ran, nn.Linear)
        yield "convolutions", np.array([len(convolutions), sum(map(_right_convolution, convolutions))], dtype=float)
        yield "batch_norms", float(len(_distinct(ran, nn.BatchNorm2d)))
        yield "pools", np.array([poolings.ran, poolings.right], dtype=float)
        # What comes after a failure has not been seen.
        if failure is None:
            yield "linear", float(len(linears))
    if failure is not None:
        raise failure
    network.double().eval()
    _fill(ran, case)
    with torch.no_grad():
        y = _forward(network, torch.from_numpy(case.x))
    yield "y", _array(y)
    if case.counted:
        yield "logits", _array(y)
