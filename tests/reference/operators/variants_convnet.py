"""Correct NumPy programs for the operators that came with the convnet homework.

Each program gets a case and computes in the dtype of its arrays; two programs of an operator differ in formula or in
the order of their sums.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checker.operator import Array, Case, Outputs
from reference.operators.optim import name_of, settings
from reference.operators.sequential import Module, modules_of
from tests.reference.operators import variants
from tests.reference.operators.variants import Variant


def _setting(case: Case) -> tuple[tuple[int, int], int, int]:
    option: dict[str, Any] = dict(case.options)
    return option["input_shape"], option["stride"], option["padding"]


def _matrix_name(case: Case) -> str:
    return "A" if (*_setting(case), case.arrays["weight"].shape) == ((3, 3), 4, 2, (3, 3)) else "other sizes"


def matrix_entry_by_entry(case: Case) -> Outputs:
    weight, ((h, w), s, p) = case.arrays["weight"], _setting(case)
    kh, kw = weight.shape
    oh, ow = (h + 2 * p - kh) // s + 1, (w + 2 * p - kw) // s + 1
    matrix = np.zeros((oh, ow, h, w), weight.dtype)
    for a, b, y, x in np.ndindex(*matrix.shape):
        i, j = y + p - s * a, x + p - s * b
        if 0 <= i < kh and 0 <= j < kw:
            matrix[a, b, y, x] = weight[i, j]
    return {_matrix_name(case): matrix.reshape(oh * ow, h * w)}


def matrix_of_unit_images(case: Case) -> Outputs:
    weight, ((h, w), s, p) = case.arrays["weight"], _setting(case)
    units = np.pad(np.eye(h * w, dtype=weight.dtype).reshape(-1, h, w), ((0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(units, weight.shape, (1, 2))[:, ::s, ::s]
    return {_matrix_name(case): np.einsum("nabij,ij->abn", windows, weight).reshape(-1, h * w)}


def _line(case: Case, slope: Array, intercept: Array) -> Outputs:
    names = ("W", "b") if case.options["given"] else ("other networks[W]", "other networks[b]")
    return {name: np.asarray(value).reshape(()) for name, value in zip(names, (slope, intercept), strict=True)}


def line_by_masks(case: Case) -> Outputs:
    x0, w1, b1, w2, b2, w3, b3 = case.arrays.values()
    first = w1[:, 0] * x0 + b1
    second = w2 @ np.maximum(first, 0) + b2
    way = (w3 * (second > 0)) @ (w2 * (first > 0))
    return _line(case, way @ w1[:, 0], way @ b1 + (w3 * (second > 0)) @ b2 + b3)


def line_by_value(case: Case) -> Outputs:
    x0, w1, b1, w2, b2, w3, b3 = case.arrays.values()
    first = w1[:, 0] * x0 + b1
    second = w2 @ np.maximum(first, 0) + b2
    bent = (w2 @ (w1[:, 0] * (first > 0))) * (second > 0)
    slope = (w3 @ bent)[0]
    return _line(case, slope, (w3 @ np.maximum(second, 0) + b3)[0] - slope * x0)


def _flattened(linear: Variant) -> Variant:
    def program(case: Case) -> Outputs:
        x = case.arrays["x"]
        outputs = linear(case.with_arrays(x=x.reshape(len(x), -1)))
        return outputs | {"x.grad": outputs["x.grad"].reshape(x.shape)}

    program.__name__ = f"flattened_{linear.__name__}"
    return program


def _layer_case(case: Case, module: Module, x: Array, i: int, dy: Array) -> Case:
    arrays = {"x": x, "dy": dy}
    if f"weight{i}" in case.arrays:
        arrays |= {"weight": case.arrays[f"weight{i}"], "bias": case.arrays[f"bias{i}"]}
    if module.kind not in ("Conv2D", "MaxPooling"):
        return Case(arrays)
    kernel, stride, padding = (*module.arguments, 0) if module.kind == "MaxPooling" else module.arguments[2:]
    return Case(arrays, {"kernel": (kernel, kernel), "stride": stride, "padding": padding})


def _empty(module: Module, x: Array, weight: Array | None) -> Array:
    """An array of the shape of a module's output."""
    if module.kind == "ReLU":
        return np.zeros_like(x)
    if module.kind == "Linear":
        return np.zeros((len(x), module.arguments[1]), x.dtype)
    kernel, stride, padding = (*module.arguments, 0) if module.kind == "MaxPooling" else module.arguments[2:]
    size = ((n + 2 * padding - kernel) // stride + 1 for n in x.shape[2:])
    return np.zeros((len(x), x.shape[1] if weight is None else len(weight), *size), x.dtype)


def _classified(case: Case, programs: dict[str, Variant], criterion: Variant) -> Outputs:
    h, inputs = case.arrays["x"], []
    modules = modules_of(case)
    for i, module in enumerate(modules):
        h = h.reshape(len(h), -1) if module.kind == "Linear" else h
        inputs.append(h)
        empty = _empty(module, h, case.arrays.get(f"weight{i}"))
        h = programs[module.kind](_layer_case(case, module, h, i, empty))["y"]
    labels, one = case.arrays["labels"], np.array(1, h.dtype)
    loss = criterion(Case({"x": h, "labels": labels, "dy": one}))
    dout = loss["x.grad"].astype(h.dtype)
    onehot = np.eye(h.shape[1], dtype=h.dtype)[labels]
    outputs = {"probs": dout * h.dtype.type(len(h)) + onehot, "loss": np.asarray(loss["y"], h.dtype)}
    for i in reversed(range(len(modules))):
        if i + 1 < len(modules):
            dout = dout.reshape(_empty(modules[i], inputs[i], case.arrays.get(f"weight{i}")).shape)
        made = programs[modules[i].kind](_layer_case(case, modules[i], inputs[i], i, dout))
        outputs |= {f"{name}[{i}]": array for name, array in made.items() if name != "y"}
        dout = made["x.grad"]
    return outputs


def classifier_by_columns(case: Case) -> Outputs:
    layers: dict[str, Variant] = {
        "Conv2D": variants.conv_columns,
        "MaxPooling": variants.pool_columns,
        "ReLU": variants.relu_mask,
        "Linear": variants.linear_blas,
    }
    return _classified(case, layers, variants.cross_entropy_shifted)


def classifier_by_windows(case: Case) -> Outputs:
    layers: dict[str, Variant] = {
        "Conv2D": variants.conv_windows,
        "MaxPooling": variants.pool_windows,
        "ReLU": variants.relu_maximum,
        "Linear": variants.linear_term_by_term,
    }
    return _classified(case, layers, variants.cross_entropy_logsumexp)


def _steps(case: Case, update: Callable[..., tuple[Array, Array]]) -> Outputs:
    rates, reg, momentum, changing = settings(case)
    outputs: Outputs = {}
    for name, array in case.arrays.items():
        kind, i = name.rstrip("0123456789"), int("".join(filter(str.isdigit, name)))
        if kind in ("weight", "bias"):
            p, v = array, np.zeros_like(array)
            for step, rate in enumerate(rates):
                g = case.arrays[f"d{kind[0]}{i}"][step]
                p, v = update(p, v, g, rate, momentum, reg if kind == "weight" else 0.0)
                outputs[name_of(changing, step, kind, i)] = p
    return outputs


def sgd_adding(case: Case) -> Outputs:
    def update(p: Array, v: Array, g: Array, rate: float, momentum: float, reg: float) -> tuple[Array, Array]:
        v = momentum * v - rate * (g + reg * p)
        return p + v, v

    return _steps(case, update)


def sgd_subtracting(case: Case) -> Outputs:
    def update(p: Array, v: Array, g: Array, rate: float, momentum: float, reg: float) -> tuple[Array, Array]:
        v = rate * reg * p + (v * momentum + g * rate)
        return p - v, v

    return _steps(case, update)


VARIANTS: dict[str, tuple[Variant, ...]] = {
    "conv_matrix": (matrix_entry_by_entry, matrix_of_unit_images),
    "piecewise_linear": (line_by_masks, line_by_value),
    "conv2d_square": (variants.conv_columns, variants.conv_windows),
    "maxpool2d_square": (variants.pool_columns, variants.pool_windows),
    "flattening_linear": (_flattened(variants.linear_blas), _flattened(variants.linear_term_by_term)),
    "classifier": (classifier_by_columns, classifier_by_windows),
    "sgd": (sgd_adding, sgd_subtracting),
}
