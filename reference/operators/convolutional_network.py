"""A small VGG: eight blocks of convolution, batch normalisation and ReLU, five poolings, a linear layer.

Conventions: x (N, C, 32, 32); logits (N, classes) in evaluation mode. The rows of index and value (2752, taps) belong
to the output channels of all blocks, one block after the other: a block's weight, flattened to (outputs, inputs * 9),
is zero but for these. The rows of affine (5, 2752) are the convolution's bias and the normalisation's scale, shift,
mean and variance. last_index, last_value (classes, taps) and last_bias make the linear layer. Few taps keep a case
small, and the error of eight blocks close to that of one.

Cases with 3 channels and 10 classes also count what the network is made of; those of one sample or with other sizes
are groups of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st

from checker.bounds import FLOAT32, TINY, K, gamma
from checker.cases import Palette, float32
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, tensor
from reference.operators.logits import log_probabilities, probabilities, recognised

WIDTHS = (64, 128, 256, 256, 512, 512, 512, 512)
NAMES = ("conv1", "conv2", "conv3_a", "conv3_b", "conv4_a", "conv4_b", "conv5_a", "conv5_b")
AFFINE = ("bias", "scale", "shift", "mean", "var")
POOLED = (0, 1, 3, 5, 7)
TAPS, LAST_TAPS = 3, 8
EPS = 1e-5
PARAMETERS = 9_231_114.0
ONE_SAMPLE, OTHER_SIZES = "of one sample", "of other sizes"


def _case(seed: int, n: int, channels: int, classes: int, note: str = "") -> Case:
    palette = Palette("normal", seed)
    rng = palette.rng("parameters")

    def taps(inputs: int, outputs: int, count: int, cells: int) -> Array:
        source = rng.permutation(outputs * count).reshape(outputs, count) % inputs
        return np.asarray(source * cells + rng.integers(0, cells, source.shape))

    def values(shape: tuple[int, ...], low: float, high: float) -> Array:
        return float32(rng.choice((-1.0, 1.0), shape) * rng.uniform(low, high, shape))

    index = np.concatenate([taps(i, o, TAPS, 9) for i, o in pairwise((channels, *WIDTHS))])
    last = taps(WIDTHS[-1], classes, LAST_TAPS, 1)
    size = len(index)
    affine = [values((size,), 0.1, 0.5), values((size,), 0.75, 1.5), float32(rng.uniform(-0.5, 1, size))]
    affine += [values((size,), 0.1, 0.5), float32(rng.uniform(0.5, 2, size))]
    arrays = {
        "x": palette("x", n, channels, 32, 32),
        "index": index,
        "value": values(index.shape, 0.5, 1.5),
        "affine": np.stack(affine),
        "last_index": last,
        "last_value": values(last.shape, 0.5, 1.5),
        "last_bias": values((classes,), 0.1, 0.5),
    }
    group = OTHER_SIZES if (channels, classes) != (3, 10) else ONE_SAMPLE if n == 1 else ""
    return Case(arrays, {"channels": channels, "classes": classes}, {"counted": not group}, note, group)


def _weight(index: Array, value: Array, inputs: int, cells: int = 1) -> torch.Tensor:
    weight = np.zeros((len(index), inputs * cells))
    weight[np.arange(len(index))[:, None], index] = value
    return tensor(weight)


class Network(NamedTuple):
    """The network with parts that can be replaced; none of them enlarges an error."""

    relu: Callable[[int, torch.Tensor], torch.Tensor] = lambda k, h: torch.relu(h)
    pool: Callable[[torch.Tensor], torch.Tensor] = lambda h: torch.nn.functional.max_pool2d(h, 3, 2, 1)
    end: Callable[[torch.Tensor], torch.Tensor] = lambda z: z
    relu_first: bool = False

    def __call__(self, case: Case, u: float = 0.0) -> tuple[Array, Array]:
        """Logits and, for a unit roundoff ``u``, their error."""
        conv = torch.nn.functional.conv2d
        with one_thread():
            h = tensor(case.arrays["x"])
            error = torch.zeros_like(h)
            for k, end in enumerate(accumulate(WIDTHS)):
                rows = slice(end - WIDTHS[k], end)
                weight = _weight(case.arrays["index"][rows], case.arrays["value"][rows], h.shape[1], 9)
                weight = weight.reshape(-1, h.shape[1], 3, 3)
                bias, scale, shift, mean, var = tensor(case.arrays["affine"][:, rows])
                factor = scale / torch.sqrt(var + EPS)
                columns = (factor[:, None, None], mean[:, None, None], shift[:, None, None])
                if u:
                    size = conv(h.abs(), weight.abs(), bias.abs(), padding=1)
                    error = conv(error, weight.abs(), padding=1) + gamma(TAPS + 1, u) * size
                h = conv(h, weight, bias, padding=1)
                if self.relu_first:
                    h = self.relu(k, h)
                if u:
                    # However the four numbers of a channel are put together, as in the bound of batch normalisation.
                    error = columns[0].abs() * (error + 6 * u * (h.abs() + columns[1].abs())) + 6 * u * columns[2].abs()
                h = columns[0] * (h - columns[1]) + columns[2]
                if not self.relu_first:
                    h = self.relu(k, h)
                if k in POOLED:
                    h = self.pool(h)
                    error = torch.nn.functional.max_pool2d(error, 3, 2, 1) if u else error
            flat, error = h.flatten(1), error.flatten(1)
            weight = _weight(case.arrays["last_index"], case.arrays["last_value"], flat.shape[1])
            bias = tensor(case.arrays["last_bias"])
            if u:
                size = flat.abs() @ weight.abs().T + bias.abs()
                error = error @ weight.abs().T + gamma(LAST_TAPS + 1, u) * size
            z = self.end(flat @ weight.T + bias)
        return z.numpy().copy(), error.numpy().copy()


_known: dict[tuple[str, float], tuple[Array, Array]] = {}


def _right(case: Case, u: float = FLOAT32) -> tuple[Array, Array]:
    """The right logits and their error, worked out once for a case."""
    if (case.key, u) not in _known:
        _known[case.key, u] = Network()(case, u)
    z, error = _known[case.key, u]
    return z.copy(), error.copy()


def reference(case: Case) -> Outputs:
    """The census, and logits.

    ``convolutions`` and ``pools`` count those that ran, and those of them with the right settings; ``batch_norms`` and
    ``linear`` the modules that ran; ``initial`` the layers whose weights are drawn as torch draws them by default.
    """
    z = _right(case)[0]
    if case.group:
        return {"y": z}
    return {
        "parameters": np.asarray(PARAMETERS),
        "initial": np.asarray(9.0),
        "convolutions": np.array([8.0, 8.0]),
        "batch_norms": np.asarray(8.0),
        "pools": np.array([5.0, 5.0]),
        "linear": np.asarray(1.0),
        "y": z,
        "logits": z.copy(),
    }


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The error of the layers, carried along; counts are exact."""
    made = {name: np.zeros_like(array) for name, array in expected.items()}
    error = _right(case, u)[1]
    return made | {name: error.copy() for name in ("y", "logits") if name in made}


def derive(case: Case, got: Mapping[str, Array]) -> tuple[Outputs, Outputs]:
    """Expected values of another form, when y is right in that."""
    z, error = _right(case)
    form = recognised(z, error, got.get("y"))
    if form == "logits":
        return {}, {}
    values, allowed = (probabilities if form == "probabilities" else log_probabilities)(z, error, FLOAT32)
    return {"y": values}, {"y": np.asarray(K * allowed + TINY)}


def _with(**parts: object) -> Reference:
    network = Network(**parts)  # type: ignore[arg-type]

    def mistake(case: Case) -> Outputs:
        y = network(case)[0]
        return {"y": y} if case.group else {"y": y, "logits": y.copy()}

    return mistake


def _count(output: str, *numbers: float) -> Reference:
    value = np.array(numbers) if len(numbers) > 1 else np.asarray(numbers[0])
    return lambda case: {} if case.group else {output: value.copy()}


def _form(end: Callable[[torch.Tensor], torch.Tensor]) -> Reference:
    return lambda case: {} if case.group else {"logits": end(tensor(_right(case)[0])).numpy().copy()}


def _two_by_two(h: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.max_pool2d(h, 2)


def _average(h: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.avg_pool2d(h, 3, 2, 1)


MISTAKES: dict[str, Reference] = {
    "three BatchNorms are missing or shared: each of the eight convolutions has its own": _count(
        "parameters", 9_228_554.0
    ),
    "there is no BatchNorm: each of the eight convolutions has one": _count("parameters", 9_225_610.0),
    "the convolutions have no bias, which they have by default": _count("parameters", 9_228_362.0),
    "no layer is registered: keep them in attributes, nn.Sequential or nn.ModuleList, not in a list": _count(
        "parameters", 0.0
    ),
    "the initial weights are changed: torch's own are asked for": _count("initial", 0.0),
    "the initial weights of the convolutions are changed: torch's own are asked for": _count("initial", 1.0),
    "only five BatchNorms run: each of the eight convolutions has its own": _count("batch_norms", 5.0),
    "no BatchNorm runs": _count("batch_norms", 0.0),
    **{
        f"{count} of the BatchNorms have other settings (eps, momentum ...) than torch's own": _count(
            "batch_norms", -float(count)
        )
        for count in range(1, 9)
    },
    **{
        f"{count} of the convolutions are not 3x3 with stride 1 and zeros around as padding of 1": _count(
            "convolutions", 8.0, 8.0 - count
        )
        for count in range(1, 9)
    },
    "the poolings are not 3x3 with stride 2 and padding 1": _count("pools", 5.0, 0.0),
    "a pooling is missing": _count("pools", 4.0, 4.0),
    "no ReLU is there": _with(relu=lambda k, h: h),
    **{
        f"there is no ReLU after {name}": _with(relu=lambda k, h, own=own: h if k == own else torch.relu(h))
        for own, name in enumerate(NAMES)
    },
    "ReLU comes before the batch normalisation instead of after it": _with(relu_first=True),
    "the pooling is 2x2 without padding instead of 3x3 with padding 1": _with(pool=_two_by_two),
    "the pooling takes the mean instead of the maximum": _with(pool=_average),
    "there is a ReLU after the linear layer": _with(end=torch.relu),
    "probabilities are returned: the cross-entropy loss of torch expects logits": _form(lambda z: z.softmax(1)),
    "log-probabilities are returned: the cross-entropy loss of torch expects logits": _form(lambda z: z.log_softmax(1)),
}

EXAMPLES = (
    _case(1, 1, 3, 10, "a single sample"),
    _case(2, 2, 1, 7, "one channel, seven classes"),
    _case(3, 3, 4, 12, "four channels, twelve classes"),
)

convolutional_network = Operator(
    "ConvNet",
    st.builds(_case, st.integers(0, 1), st.just(2), st.just(3), st.just(10)),
    reference,
    bound,
    examples=EXAMPLES,
    mistakes=MISTAKES,
    derive=derive,
    upstream=(),
)
