"""The PyTorch driver finds parameters by any name, sees what a module does, and refuses torch's own normalisation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from checker.operator import Case
from reference.mlp import torch_driver
from reference.mlp.torch_driver import convolutional
from reference.mlp.torch_driver.normalisation import ForbiddenError
from reference.operators.batch_normalisation import EXAMPLES, MASKS
from reference.operators.convolutional_network import AFFINE, WIDTHS
from reference.operators.perceptron_logits import perceptron_logits

NORMAL = EXAMPLES[1]


def _given(case: Case) -> SimpleNamespace:
    arrays = {name: array.copy() for name, array in case.arrays.items()}
    return SimpleNamespace(**arrays, **case.options, **case.protocol)


def _outputs(steps: Iterator[tuple[str, Any]]) -> tuple[dict[str, Any], Exception | None]:
    outputs: dict[str, Any] = {}
    try:
        for name, value in steps:
            outputs |= {name: value}
    except Exception as error:
        return outputs, error
    return outputs, None


class Norm(nn.Module):
    """A right module; ``names`` are its parameters, gamma last."""

    def __init__(self, n_neurons: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.second = nn.Parameter(torch.zeros(n_neurons))
        self.first = nn.Parameter(torch.ones(n_neurons))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.dim() != 2 or x.shape[1] != len(self.first):
            raise ValueError
        return self.first * (x - x.mean(0)) / torch.sqrt(x.var(0, correction=0) + self.eps) + self.second


class Library(Norm):
    """What was to be written is called."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.batch_norm(x, None, None, self.first, self.second, True, 0.1, self.eps)


class Transposed(Norm):
    """The same by another of torch's functions."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.first * torch.layer_norm(x.T, (len(x),), eps=self.eps).T + self.second


def test_gamma_and_beta_are_told_by_their_initial_values() -> None:
    """Neither names nor order matter."""
    outputs, error = _outputs(
        torch_driver.batchnorm_autograd(SimpleNamespace(CustomBatchNormAutograd=Norm), _given(NORMAL))
    )

    assert error is None
    assert outputs["gamma"].all()
    assert not outputs["beta"].any()
    assert outputs["shapes"].all()
    np.testing.assert_allclose(outputs["beta.grad"], NORMAL.arrays["dy"].sum(0))


@pytest.mark.parametrize("module", [Library, Transposed])
def test_the_normalisation_of_torch_is_refused(module: type) -> None:
    """However it is called; nothing of the values comes out."""
    outputs, error = _outputs(
        torch_driver.batchnorm_autograd(SimpleNamespace(CustomBatchNormAutograd=module), _given(NORMAL))
    )

    assert isinstance(error, ForbiddenError)
    assert "y" not in outputs


def test_torch_normalises_again_once_the_driver_is_done() -> None:
    """The watch ends with the call, also after an error."""
    _outputs(torch_driver.batchnorm_autograd(SimpleNamespace(CustomBatchNormAutograd=Library), _given(NORMAL)))

    assert nn.BatchNorm1d(3)(torch.rand(4, 3)).shape == (4, 3)


def test_an_unwritten_forward_passes_no_shape_check() -> None:
    """A stub raises for every shape, which is no check."""

    class Stub(Norm):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise NotImplementedError

    outputs, error = _outputs(
        torch_driver.batchnorm_autograd(SimpleNamespace(CustomBatchNormAutograd=Stub), _given(NORMAL))
    )

    assert isinstance(error, NotImplementedError)
    assert "shapes" not in outputs


def test_tensors_on_ctx_and_saved_ones_are_counted() -> None:
    """In lists and dictionaries, too; a tensor that is saved twice counts once."""

    class Keeps(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, gamma: Any, beta: Any, eps: float = 1e-5) -> Any:
            ctx.save_for_backward(x, x, gamma)
            ctx.list, ctx.table, ctx.eps = [x * 1, 2], {"x": (gamma,)}, eps
            return x * 2

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            return 2 * dy, None, None, None

    outputs, error = _outputs(
        torch_driver.batchnorm_function(SimpleNamespace(CustomBatchNormManualFunction=Keeps), _given(NORMAL))
    )

    assert error is None
    assert outputs["saved"] == 1
    assert outputs["context"] == 2
    assert outputs["unneeded"].tolist() == [[0, 1, 1]] * len(MASKS)


def test_weights_of_either_layout_are_filled() -> None:
    """Matrices (in, out) that a student multiplies with give what torch's layers give."""

    class Own(nn.Module):
        def __init__(self, n_inputs: int, n_hidden: list[int], n_classes: int, neg_slope: float) -> None:
            super().__init__()
            sizes = [n_inputs, *n_hidden, n_classes]
            self.b = nn.ParameterList(nn.Parameter(torch.zeros(1, o)) for o in sizes[1:])
            self.w = nn.ParameterList(nn.Parameter(torch.zeros(i, o)) for i, o in pairwise(sizes))
            self.slope = neg_slope

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for w, b in zip(list(self.w)[:-1], list(self.b)[:-1], strict=True):
                x = nn.functional.leaky_relu(x @ w + b, self.slope)
            return torch.add(x @ self.w[-1], self.b[-1])

    case = perceptron_logits.examples[2]
    outputs, error = _outputs(torch_driver.mlp(SimpleNamespace(MLP=Own), _given(case)))
    expected = perceptron_logits.reference(case)

    assert error is None
    assert outputs.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_allclose(outputs[name], array, rtol=1e-9, atol=1e-9)


def test_settings_of_a_pooling_are_seen_however_they_are_given() -> None:
    """As a module, as a function, as numbers or pairs."""
    x = torch.rand(1, 1, 8, 8)
    with convolutional.Poolings() as poolings:
        nn.MaxPool2d(3, 2, 1)(x)
        nn.functional.max_pool2d(x, kernel_size=(3, 3), stride=(2, 2), padding=1)
        torch.max_pool2d(x, 3, 2, 1)
        nn.MaxPool2d(2)(x)
        nn.MaxPool2d(3, 2)(x)

    assert (poolings.ran, poolings.right) == (5, 3)


@pytest.mark.parametrize(
    ("spoil", "default"),
    [
        (lambda weight: None, True),
        (nn.init.kaiming_normal_, False),
        (nn.init.xavier_uniform_, False),
        (nn.init.zeros_, False),
    ],
)
def test_initial_weights_are_told_from_others(spoil: Any, default: bool) -> None:
    """Only what torch draws by default passes."""
    torch.manual_seed(0)
    layer = nn.Conv2d(64, 128, 3)
    spoil(layer.weight)

    assert convolutional.by_default(layer) is default


def test_the_driver_cuts_a_case_as_the_reference_does() -> None:
    """Both sides know the sizes of the layers."""
    assert convolutional.WIDTHS == WIDTHS
    assert convolutional.AFFINE == AFFINE
