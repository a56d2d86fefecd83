"""How the convnet homework's code is called. Runs beside the student's code, with the standard library and NumPy only.

Every function gets the student's module and a case, and yields (name, value), or a tuple of names with the tuple that a
call returned, as soon as it has them: what fails later does not cost what came before. Arguments go by position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np

Yields = Iterator[tuple[Any, Any]]


def conv_as_matrix(theory: Any, case: Any) -> Yields:
    """The matrix; the problem's own setting is the function's default."""
    settings = {"input_shape": case.input_shape, "stride": case.stride, "padding": case.padding}
    if settings == {"input_shape": (3, 3), "stride": 4, "padding": 2} and case.weight.shape == (3, 3):
        yield "A", _as_array(theory.conv_as_matrix(case.weight))
    else:
        yield "other sizes", _as_array(theory.conv_as_matrix(case.weight, **settings))


def piecewise_linear(theory: Any, case: Any) -> Yields:
    """Slope and intercept; the problem's own network is the function's default."""
    if case.given:
        line, names = theory.piecewise_linear(float(case.x0)), ("W", "b")
    else:
        network = [getattr(case, name) for name in ("w1", "b1", "w2", "b2", "w3", "b3")]
        line = theory.piecewise_linear(float(case.x0), *network)
        names = ("other networks[W]", "other networks[b]")
    yield names, [_as_number(value) for value in line] if isinstance(line, (tuple, list, np.ndarray)) else line


def _as_array(value: Any) -> Any:
    return np.array(value) if isinstance(value, (list, tuple)) else value


def _as_number(value: Any) -> Any:
    """An array or list with a single entry is as good as the number."""
    with suppress(Exception):
        return np.asarray(value).item()
    return value


def _layer(make: Callable[[], Any], case: Any) -> Yields:
    """A layer's output and gradients."""
    layer = make()
    if case.used_before:
        _use(layer, case)
    _set_parameters(layer, case)
    yield "y", layer.forward(case.x)
    if case.another_between:
        _use(make(), case)
    layer.backward(case.dy)
    names = {"dx": "x.grad", "dw": "weight.grad", "db": "bias.grad"} if hasattr(case, "weight") else {"dx": "x.grad"}
    yield from _gradients(layer, names)


def _set_parameters(layer: Any, case: Any, factor: float = 1) -> None:
    """The case's own arrays, or with another factor copies of them."""
    for name in ("weight", "bias"):
        if hasattr(case, name):
            setattr(layer, name, getattr(case, name) if factor == 1 else factor * getattr(case, name))


def _use(layer: Any, case: Any) -> None:
    """Run a layer on a larger batch and a smaller one; what is left over differs by factors that no mistake has."""
    for size, factor in ((2 * len(case.x), -2.5), (1, 2.5)):
        samples = np.arange(size) % len(case.x)
        # An exception is not judged here: the calls that follow will raise it again.
        with suppress(Exception):
            _set_parameters(layer, case, -3.5)
            layer.forward(factor * case.x[samples])
            layer.backward(1.5 * case.dy[samples])


def _gradients(layer: Any, names: dict[str, str], unset: str = "") -> Yields:
    """The attributes that backward has set; one that is missing ends the case, so it comes last."""
    missing = [attribute for attribute in names if getattr(layer, attribute, None) is None]
    for attribute, name in names.items():
        if attribute not in missing:
            yield name, getattr(layer, attribute)
    if missing:
        raise AttributeError(f"{unset or f'{type(layer).__name__}.backward has not set'} {' and '.join(missing)}")


def conv2d(convolution: Any, case: Any) -> Yields:
    """Conv2D with weight (O, C, k, k)."""
    outputs, inputs, size, _ = case.weight.shape
    settings = [size, case.stride, case.padding]
    # The last ones are left out where the homework's defaults are meant.
    while settings and settings[-1] == (3, 1, 0)[len(settings) - 1]:
        settings.pop()
    yield from _layer(lambda: convolution.Conv2D(inputs, outputs, *settings), case)


def maxpool(max_pool: Any, case: Any) -> Yields:
    """MaxPooling without padding."""
    yield from _layer(lambda: max_pool.MaxPooling(case.kernel[0], case.stride), case)


def relu(relu_module: Any, case: Any) -> Yields:
    """ReLU of any shape."""
    yield from _layer(relu_module.ReLU, case)


def linear(linear_module: Any, case: Any) -> Yields:
    """Linear with weight (in, out) on samples of any shape."""
    yield from _layer(lambda: linear_module.Linear(*case.weight.shape), case)


# ConvNet: the network's modules compute by the functions below, so that a wrong layer does not cost the network, too.

ARGUMENTS = {
    "Conv2D": ("in_channels", "out_channels", "kernel_size", "stride", "padding"),
    "MaxPooling": ("kernel_size", "stride"),
    "ReLU": (),
    "Linear": ("in_dim", "out_dim"),
}


def _definition(text: str) -> dict[str, Any]:
    """The dict that describes the module ``Linear(3, 2)``."""
    kind, _, numbers = text.rstrip(")").partition("(")
    values = [int(number) for number in numbers.split(",") if number]
    return {"type": kind, **dict(zip(ARGUMENTS[kind], values, strict=True))}


def _windows(x: Any, kernel: int, stride: int) -> Any:
    """Windows of every channel, (N, C, H', W', kernel, kernel), as a view that can be written to."""
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (2, 3), writeable=True)
    return view[:, :, ::stride, ::stride]


def _add_up(parts: Any, shape: tuple[int, ...], stride: int) -> Any:
    """Windows (N, C, H', W', kernel, kernel) added up in a picture."""
    total = np.zeros(shape)
    for i, j in np.ndindex(*parts.shape[4:]):
        _windows(total, parts.shape[4], stride)[..., i, j] += parts[..., i, j]
    return total


class _Right:
    """Right forward and backward of one module that stand in for the student's."""

    def __init__(self, module: Any, definition: dict[str, Any]) -> None:
        self.module = module
        self.kind: str = definition["type"]
        self.kernel, self.padding = definition.get("kernel_size", 0), definition.get("padding", 0)
        self.stride: int = definition.get("stride", 1)
        try:
            module.forward, module.backward = self.forward, self.backward
        except AttributeError:
            # An object whose class has __slots__ takes methods from a class alone.
            methods = {"forward": lambda _, x: self.forward(x), "backward": lambda _, dout: self.backward(dout)}
            module.__class__ = type(type(module).__name__, (type(module),), {"__slots__": (), **methods})

    def forward(self, x: Any) -> Any:
        self.x, y = x, self._output(x)
        self.shape = y.shape
        return y

    def _output(self, x: Any) -> Any:
        if self.kind == "ReLU":
            return np.maximum(x, 0)
        if self.kind == "MaxPooling":
            return _windows(np.array(x), self.kernel, self.stride).max((4, 5))
        if self.kind == "Linear":
            return x.reshape(len(x), -1) @ self.module.weight + self.module.bias
        self.padded = np.pad(x, ((0, 0), (0, 0), *((self.padding, self.padding),) * 2))
        y = np.einsum("ncabij,ocij->noab", _windows(self.padded, self.kernel, self.stride), self.module.weight)
        return y + self.module.bias[:, None, None]

    def backward(self, dout: Any) -> None:
        if not hasattr(self, "shape"):
            raise ValueError(f"{self.kind}.backward is called although its forward has not been")
        if np.shape(dout) != self.shape:
            raise ValueError(f"{self.kind}.backward is given shape {np.shape(dout)}; its output has shape {self.shape}")
        module, x = self.module, self.x
        if self.kind == "ReLU":
            module.dx = dout * (x > 0)
        elif self.kind == "MaxPooling":
            cells = _windows(np.array(x), self.kernel, self.stride).reshape(*dout.shape, -1)
            first = np.arange(cells.shape[-1]) == cells.argmax(-1)[..., None]
            parts = (first * dout[..., None]).reshape(*dout.shape, self.kernel, self.kernel)
            module.dx = _add_up(parts, x.shape, self.stride)
        elif self.kind == "Linear":
            module.dx = (dout @ module.weight.T).reshape(x.shape)
            module.dw, module.db = x.reshape(len(x), -1).T @ dout, dout.sum(0)
        else:
            p = self.padding
            dx = _add_up(np.einsum("noab,ocij->ncabij", dout, module.weight), self.padded.shape, self.stride)
            module.dx = dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]
            windows = _windows(self.padded, self.kernel, self.stride)
            module.dw, module.db = np.einsum("noab,ncabij->ocij", dout, windows), dout.sum((0, 2, 3))


def convnet(conv_classifier: Any, case: Any) -> Yields:
    """ConvNet with right modules of the student's classes, and the provided criterion."""
    definitions = [_definition(text) for text in case.modules]
    criterion = {"type": "SoftmaxCrossEntropy"}

    def make() -> Any:
        net = conv_classifier.ConvNet(definitions, criterion)
        if len(net.modules) != len(definitions):
            raise ValueError(f"ConvNet.modules holds {len(net.modules)} modules where {len(definitions)} were defined")
        for i, (module, text) in enumerate(zip(net.modules, case.modules, strict=True)):
            if hasattr(case, f"weight{i}"):
                module.weight, module.bias = getattr(case, f"weight{i}"), getattr(case, f"bias{i}")
            _Right(module, _definition(text))
        return net

    net = make()
    modules = list(net.modules)
    if case.used_before:
        with suppress(Exception):
            net.forward(2 * case.x[:1], case.labels[:1].copy())
            net.backward()
        make()
    yield ("probs", "loss"), net.forward(case.x, case.labels)
    net.backward()
    for i, module in enumerate(modules):
        names = ("dx", "dw", "db") if hasattr(case, f"weight{i}") else ("dx",)
        if case.modules[i].startswith("Linear") and isinstance(getattr(module, "dx", None), np.ndarray):
            # Whether the network or the layer flattens is the student's choice.
            module.dx = module.dx.reshape(len(module.dx), -1)
        outputs = {"dx": f"x.grad[{i}]", "dw": f"weight.grad[{i}]", "db": f"bias.grad[{i}]"}
        unset = f"after ConvNet.backward, module {i} ({case.modules[i]}) is without"
        yield from _gradients(module, {name: outputs[name] for name in names}, unset)


# SGD: a model of modules with parameters and gradients, nothing else.

FILES = {"Conv2D": "convolution", "MaxPooling": "max_pool", "ReLU": "relu", "Linear": "linear"}


def _plain_module(kind: str) -> Any:
    """An object of the student's own class, since an optimizer may ask for the class; else of one with its name."""
    with suppress(Exception):
        return getattr(import_module(f"modules.{FILES[kind]}"), kind)(*(1,) * len(ARGUMENTS[kind][:2]))
    return type(kind, (), {})()


class _Model:
    """Modules with the parameters and, step by step, the gradients of a case."""

    def __init__(self, case: Any, sign: int = 1) -> None:
        self.modules = [_plain_module(kind) for kind in case.modules]
        self._case, self._sign = case, sign
        for i, module in enumerate(self.modules):
            if hasattr(case, f"weight{i}"):
                module.weight = sign * getattr(case, f"weight{i}")
                module.bias = sign * getattr(case, f"bias{i}")

    def set_gradients(self, step: int) -> None:
        """New gradients, in new arrays or, as the case says, in the ones of the step before."""
        for i, module in enumerate(self.modules):
            for name in ("dw", "db"):
                if hasattr(self._case, f"{name}{i}"):
                    gradient = self._sign * getattr(self._case, f"{name}{i}")[step]
                    if self._case.gradients_reused and step:
                        getattr(self, f"_{name}{i}")[...] = gradient
                    else:
                        setattr(self, f"_{name}{i}", gradient)
                    setattr(module, name, getattr(self, f"_{name}{i}"))


def sgd(sgd_module: Any, case: Any) -> Yields:
    """SGD over several updates; a changing learning rate is set on the optimizer between them."""
    changing = isinstance(case.learning_rate, tuple)
    steps = len(next(value for name, value in vars(case).items() if name.startswith("dw")))
    rates = case.learning_rate if changing else (case.learning_rate,) * steps

    def make(model: _Model) -> Any:
        return sgd_module.SGD(model, learning_rate=rates[0], reg=case.reg, momentum=case.momentum)

    model = _Model(case)
    optimizer = make(model)
    other = _Model(case, -1)
    another = make(other) if case.another_between else None
    for step in range(steps):
        if step and rates[step] != rates[step - 1]:
            optimizer.learning_rate = rates[step]
        model.set_gradients(step)
        optimizer.update(model)
        for i, module in enumerate(model.modules):
            if hasattr(case, f"weight{i}"):
                for kind in ("weight", "bias"):
                    name = f"{kind}[step {step}, module {i}]"
                    name = f"changing learning rate[step {step}, {kind} {i}]" if changing else name
                    yield name, np.array(getattr(module, kind))
        if another is not None:
            other.set_gradients(step)
            another.update(other)
