"""How backprop's functions are called. Runs beside the student's code, with the standard library and NumPy only.

Every function gets the student's modules and a case, and yields (name, value), or a tuple of names with the tuple that
a call returned, as soon as it has them: what fails later does not cost what came before.
"""

from __future__ import annotations

import builtins
import importlib
import inspect
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

# train.py also plots, shows progress and loads data. None of that is graded, so none of it has to be there.
_OPTIONAL = frozenset({"matplotlib", "tqdm", "data", "optim", "utils"})
_import = builtins.__import__


class _StandIn(types.ModuleType):
    """Something that is there in name only, whatever is done with it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn(name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return _StandIn("result")

    def __getitem__(self, key: Any) -> Any:
        return _StandIn("item")

    def __setitem__(self, key: Any, value: Any) -> None:
        """Forgotten."""


def _lenient_import(
    name: str,
    globals: Any = None,  # noqa: A002 - these are the names that builtins.__import__ gives them
    locals: Any = None,  # noqa: A002
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    """Import as usual, with stand-ins for optional modules that are missing and for what they lack."""
    top = name.partition(".")[0]
    try:
        module = _import(name, globals, locals, fromlist or (), level)
    except ModuleNotFoundError as error:
        if level or top not in _OPTIONAL or error.name is None or error.name.partition(".")[0] != top:
            raise
        return _StandIn(top)
    if top in _OPTIONAL and not level:
        for wanted in fromlist or ():
            if wanted != "*" and not hasattr(module, wanted):
                setattr(module, wanted, _StandIn(wanted))
    return module


if __name__ == "driver":  # the worker's name for it: nobody else's imports are to change
    builtins.__import__ = _lenient_import


# --- functions.py -----------------------------------------------------------------------------------------------------


def _numbers(gradients: Any) -> Any:
    """Gradients as a list; arrays and, for a single input, a bare number are as good as a tuple."""
    if isinstance(gradients, np.ndarray) and gradients.ndim == 1:
        return list(gradients)
    if isinstance(gradients, (float, int, np.number)) or (isinstance(gradients, np.ndarray) and gradients.ndim == 0):
        return [gradients]
    return gradients


def _parts(returned: Any) -> tuple[Any, Any]:
    """Output and gradients."""
    if returned is None:
        return None, None
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise TypeError(f"asked for two values, the output and the gradients; got {type(returned).__name__}")
    return returned[0], _numbers(returned[1])


def f1(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f1: a squared error."""
    names = ("x1", "w1", "x2", "w2", "b", "y")
    value, gradients = _parts(functions.f1(*(float(getattr(case, name)) for name in names)))
    yield "L", value
    yield tuple(f"{name}.grad" for name in names), gradients


def f2(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f2: tanh."""
    value, gradients = _parts(functions.f2(float(case.x)))
    yield "y", value
    yield ("x.grad",), gradients


def f3(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f3: the softmax loss of two classes."""
    value, gradients = _parts(functions.f3(float(case.s1), float(case.s2), int(case.label)))
    yield "L", value
    yield ("s1.grad", "s2.grad"), gradients


STEPS = tuple(2.0**-k for k in range(5, 15))


def _inputs(function: Callable[..., Any]) -> tuple[int, list[Any]]:
    """How many inputs a function needs, and the defaults of those beyond."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
        raise TypeError("the inputs of f4 have to be written one by one, as in def f4(a, b)")
    defaults = [p.default for p in parameters if p.default is not p.empty]
    return len(parameters) - len(defaults), defaults


def _places(case: Any, count: int) -> Iterator[list[float]]:
    """The numbers of the case in turned order; where there are more inputs than numbers, moved a little."""
    for turn in range(case.x.size):
        turned = np.roll(case.x, -turn)
        yield [float(turned[i % turned.size]) + (i // turned.size) / 512 for i in range(count)]


def _value(function: Callable[..., Any], place: Sequence[float]) -> float:
    """The function's output, nan where it has none."""
    with np.errstate(all="ignore"):
        try:
            return float(_parts(function(*place))[0])
        except (ArithmeticError, ValueError, TypeError):
            return float("nan")


def _table(function: Callable[..., Any], place: Sequence[float], i: int) -> list[tuple[float, float, float]]:
    """Rows (h, f(x + h), f(x - h)) for input i."""

    def moved(h: float) -> float:
        return _value(function, [*place[:i], place[i] + h, *place[i + 1 :]])

    return [(h, moved(h), moved(-h)) for h in STEPS]


def f4(functions: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """f4: the student's own function, with its values around one place, from which its slopes can be told."""
    function = functions.f4
    needed, defaults = _inputs(function)
    places = list(_places(case, needed or len(defaults)))
    place = next((place for place in places if np.isfinite(_value(function, place))), places[0])
    value, gradients = _parts(function(*place))
    if value is not None and not place:
        raise TypeError("f4 has no inputs: a graph needs some")
    if needed and isinstance(gradients, (tuple, list)) and len(gradients) == needed + len(defaults):
        place = [*place, *defaults]
    if value is not None:
        yield "values", np.array([_table(function, place, i) for i in range(len(place))])
    yield tuple(f"grad[{i}]" for i in range(max(len(place), 1))), gradients


# --- layers.py --------------------------------------------------------------------------------------------------------


def _meanwhile(case: Any, *calls: Callable[[], Any]) -> None:
    """Run another, smaller batch between two calls: nothing of that may be left in the answers."""
    if case.used_before:
        # An exception is not judged here: the calls that follow will raise it again.
        with suppress(Exception):
            for call in calls:
                call()


def fc(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """fc_forward and fc_backward."""
    y, cache = layers.fc_forward(case.x, case.weight, case.bias)
    yield "y", y
    _meanwhile(case, lambda: layers.fc_forward(2 * case.x[:1], 2 * case.weight, 2 * case.bias))
    yield ("x.grad", "weight.grad", "bias.grad"), layers.fc_backward(case.dy, cache)


def relu(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """relu_forward and relu_backward."""
    y, cache = layers.relu_forward(case.x)
    yield "y", y
    _meanwhile(case, lambda: layers.relu_forward(-case.x[:1]))
    yield "x.grad", layers.relu_backward(case.dy, cache)
    yield "dy afterwards", case.dy


def softmax(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """softmax_loss."""
    yield ("y", "x.grad"), layers.softmax_loss(case.x, case.labels)


def l2(layers: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """l2_regularization."""
    yield ("y", "w.grad"), layers.l2_regularization(case.w, case.reg)


# --- two_layer_net.py -------------------------------------------------------------------------------------------------

PARAMETERS = ("weight1", "bias1", "weight2", "bias2")


def _keys(parameters: Any, inputs: int, classes: int) -> list[Any]:
    """The keys of weight1, bias1, weight2 and bias2, told by their shapes, since students name them as they like."""
    if not isinstance(parameters, dict):
        raise TypeError(f"parameters() has to return a dict, and returned {type(parameters).__name__}")
    matrices = [key for key, array in parameters.items() if np.ndim(array) == 2]
    vectors = [key for key, array in parameters.items() if np.ndim(array) == 1]
    if len(matrices) != 2 or len(vectors) != 2 or len(parameters) != 4:
        shapes = ", ".join(f"{key}: {np.shape(array)}" for key, array in parameters.items())
        raise ValueError(f"parameters() has to hold two weight matrices and two bias vectors, and holds {shapes}")
    shape = {key: np.shape(array) for key, array in parameters.items()}
    fitting = [pair for pair in (matrices, matrices[::-1]) if _fit(shape[pair[0]], shape[pair[1]], inputs, classes)]
    first, second = fitting[0] if fitting else matrices
    bias2, bias1 = sorted(vectors, key=lambda key: shape[key] != (classes,))
    return [first, bias1, second, bias2]


def _fit(first: tuple[int, ...], second: tuple[int, ...], inputs: int, classes: int) -> bool:
    return first[0] == inputs and second[1] == classes and first[1] == second[0]


def two_layer_start(two_layer_net: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """TwoLayerNet(D, C, H, scale): what its parameters are like."""
    net = two_layer_net.TwoLayerNet(case.input_dim, case.num_classes, case.hidden_dim, case.weight_scale)
    parameters = net.parameters()
    if parameters is None:
        yield ("hidden_dim", "weight_scale[0]", "weight_scale[1]", "bias[0]", "bias[1]"), (None,) * 5
        return
    weight1, bias1, weight2, bias2 = (
        np.asarray(parameters[key], dtype=np.float64) for key in _keys(parameters, case.input_dim, case.num_classes)
    )
    yield "hidden_dim", weight1.shape[1]
    yield ("weight_scale[0]", "weight_scale[1]"), (weight1.std(), weight2.std())
    yield ("bias[0]", "bias[1]"), (np.abs(bias1).max(), np.abs(bias2).max())


def _write(net: Any, keys: Sequence[Any], values: Sequence[Any]) -> int:
    """Write values into a net as an optimiser does, in place; how many parameters of the net follow that."""
    live = 0
    for key, value in zip(keys, values, strict=True):
        array = net.parameters()[key]
        fitting = value if array.shape == value.shape else np.resize(value, array.shape)
        # First something that no parameter starts from.
        array[...] = 1 + np.abs(fitting)
        live += np.array_equal(net.parameters()[key], 1 + np.abs(fitting))
        array[...] = fitting
    return live


def _entry(gradients: Any, key: Any) -> Any:
    """The gradient of a parameter."""
    if gradients is None:
        return None
    if not isinstance(gradients, dict):
        raise TypeError(
            f"the gradients have to be a dict with the keys of parameters(), not {type(gradients).__name__}"
        )
    if key not in gradients:
        raise KeyError(f"no gradient for the parameter {key!r}; there are: {', '.join(map(str, gradients)) or 'none'}")
    return gradients[key]


def two_layer_net(two_layer_net: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """TwoLayerNet: scores and gradients with parameters written in place, or with those it started from."""
    (inputs, hidden), classes = case.weight1.shape, case.dy.shape[1]
    net = two_layer_net.TwoLayerNet(inputs, classes, hidden, 1.0)
    if net.parameters() is None:
        yield ("parameters", "y", *(f"{name}.grad" for name in PARAMETERS)), (None,) * 6
        return
    keys = _keys(net.parameters(), inputs, classes)
    yield "parameters", _write(net, keys, [getattr(case, name) for name in PARAMETERS])
    # The net's right to compute with what it has is judged apart from whether that could be written.
    yield PARAMETERS, tuple(np.array(net.parameters()[key]) for key in keys)
    y, cache = net.forward(case.x)
    yield "y", y
    _meanwhile(case, lambda: net.forward(2 * case.x[:1]))
    gradients = net.backward(case.dy, cache)
    for name, key in zip(PARAMETERS, keys, strict=True):
        yield f"{name}.grad", _entry(gradients, key)


# --- train.py ---------------------------------------------------------------------------------------------------------


def _model(classifier: Any, named: dict[str, Any]) -> Any:
    """A right linear classifier, or two-layer net, around these parameters: it computes with what this dict holds."""
    order = list(named)

    class Model(classifier.Classifier):  # type: ignore[misc]
        def parameters(self) -> Any:
            return named

        def forward(self, X: Any) -> Any:  # noqa: N803 - the name of the homework
            arrays = [named[key] for key in order]
            sums = X @ arrays[0] + arrays[1]
            if len(arrays) == 2:
                return sums, (X, None)
            hidden = np.maximum(sums, 0)
            return hidden @ arrays[2] + arrays[3], (X, hidden)

        def backward(self, grad_scores: Any, cache: Any) -> Any:
            x, hidden = cache
            if hidden is None:
                gradients = [x.T @ grad_scores, grad_scores.sum(0)]
            else:
                down = (grad_scores @ named[order[2]].T) * (hidden > 0)
                gradients = [x.T @ down, down.sum(0), hidden.T @ grad_scores, grad_scores.sum(0)]
            return dict(zip(order, gradients, strict=True))

    return Model()


OVERWRITTEN = 7.0


def _own_keys() -> list[Any]:
    """The keys of the student's own net, or common ones where there is none."""
    try:
        net = importlib.import_module("two_layer_net").TwoLayerNet(2, 4, 3, 1.0)
        keys = _keys(net.parameters(), 2, 4)
        if len(set(keys)) == 4:
            return keys
    except Exception:  # judged where the net is graded
        pass
    return ["W1", "b1", "W2", "b2"]


def training_step(train: Any, classifier: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """training_step of a linear classifier with the keys W and b, or of a two-layer net with those of the student's."""
    names = [name for name in PARAMETERS if hasattr(case, name)]
    if case.names == "others":
        keys = ["slopes", "offsets", "mixing", "levels"][: len(names)]
    else:
        keys = _own_keys() if len(names) == 4 else ["W", "b"]
    arrays = dict(zip(keys, (getattr(case, name) for name in names), strict=True))
    model = _model(classifier, arrays)
    if case.used_before:
        with suppress(Exception):
            other = _model(classifier, {key: 2 * array for key, array in arrays.items()})
            train.training_step(other, 2 * case.x[:1], case.labels[:1].copy(), case.reg)
    returned = train.training_step(model, case.x, case.labels, case.reg)
    if returned is None:
        returned = None, None
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise TypeError(f"asked for two values, the loss and the gradients; got {type(returned).__name__}")
    loss, gradients = returned
    yield "loss", loss
    for name, key in zip(names, keys, strict=True):
        yield f"{name[:-1]}.grad[{int(name[-1]) - 1}]", _entry(gradients, key)
    if gradients is None:
        yield tuple(f"parameters[{i}]" for i in range(len(keys))), (None,) * len(keys)
        return
    # What is done with the gradients later must not reach the parameters.
    for gradient in gradients.values():
        if isinstance(gradient, np.ndarray) and gradient.flags.writeable:
            gradient.fill(OVERWRITTEN)
    for i, key in enumerate(keys):
        yield f"parameters[{i}]", model.parameters()[key]


def fit(train: Any, two_layer_net: Any, optim: Any, data: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """The student's net, trained with the student's step: losses, and the classes of some images."""
    net = two_layer_net.TwoLayerNet(case.x.shape[1], case.classes, case.hidden_dim, case.weight_scale)
    optimizer = optim.SGD(net.parameters(), case.learning_rate)
    generator = np.random.default_rng(0)
    losses = []
    for _ in range(case.epochs):
        for x, labels in data.batches(case.x, case.labels, case.batch_size, generator):
            loss, gradients = train.training_step(net, x, labels, case.reg)
            optimizer.step(gradients)
            losses.append(float(loss))
    yield "curve loss", np.array(losses)
    yield "predictions", net.predict(case.test)


def fit_few(train: Any, two_layer_net: Any, optim: Any, data: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """The same on few images."""
    yield from fit(train, two_layer_net, optim, data, case)
