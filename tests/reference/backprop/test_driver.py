"""Backprop's driver: every output of right code arrives, whatever names and containers it uses."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checker.operator import Array, Case
from fixtures.mutants import SUBMISSIONS
from reference.backprop import driver
from reference.operators.training_step import EXAMPLES as STEPS
from reference.operators.training_step import training_step
from reference.operators.two_layer_net import two_layer_net, two_layer_start

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("layers", "classifier", "linear_classifier", "two_layer_net", "train", "optim", "utils", "data")


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Import modules of the solved submission beside the provided ones."""
    monkeypatch.syspath_prepend(ROOT / "student/backprop/neuralnet")
    monkeypatch.syspath_prepend(SUBMISSIONS / "backprop/solved/neuralnet")
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module
    for name in NAMES:
        sys.modules.pop(name, None)


def _given(case: Case) -> SimpleNamespace:
    return SimpleNamespace(**{k: v.copy() for k, v in case.arrays.items()}, **case.options, **case.protocol)


def _outputs(call: Callable[..., Iterator[Any]], *modules: Any, case: Any) -> dict[str, Any]:
    outputs: dict[str, Any] = {}
    for names, value in call(*modules, case):
        pairs = zip(names, value, strict=True) if isinstance(names, tuple) else [(names, value)]
        # The sandbox takes values when they come, and drivers go on to use the arrays.
        outputs |= {name: None if item is None else np.array(item) for name, item in pairs}
    return outputs


F3 = {"s1": np.array(0.5), "s2": np.array(0.25), "label": np.array(2)}


@pytest.mark.parametrize(
    "returned",
    [(1.0, (2.0, 3.0)), [1.0, [2.0, 3.0]], (np.float64(1), np.array([2.0, 3.0])), (np.array(1.0), (np.array(2.0), 3))],
)
def test_containers_and_kinds_of_numbers_are_free(returned: Any) -> None:
    """Tuples, lists and arrays of Python or NumPy numbers must come through; y must be a Python int."""
    got: list[Any] = []

    def f3(s1: float, s2: float, y: int) -> Any:
        got.extend((s1, s2, y))
        return returned

    outputs = _outputs(driver.f3, SimpleNamespace(f3=f3), case=SimpleNamespace(**F3))

    assert [type(value) for value in got] == [float, float, int]
    assert {name: float(value) for name, value in outputs.items()} == {"L": 1.0, "s1.grad": 2.0, "s2.grad": 3.0}


def test_a_bare_gradient_of_a_single_input_is_accepted() -> None:
    """f2 has one input: its gradient may come without a tuple."""
    case = SimpleNamespace(x=np.array(0.5))

    assert _outputs(driver.f2, SimpleNamespace(f2=lambda x: (1.0, 2.0)), case=case) == {"y": 1.0, "x.grad": 2.0}


@pytest.mark.parametrize(
    ("f4", "word"),
    [(lambda *inputs: (1.0, ()), "one by one"), (lambda: (1.0, ()), "no inputs"), (lambda a: 1.0, "two values")],
)
def test_a_graph_that_cannot_be_asked_says_why(f4: Callable[..., Any], word: str) -> None:
    """The message must name what f4 lacks."""
    with pytest.raises(TypeError, match=word):
        _outputs(driver.f4, SimpleNamespace(f4=f4), case=SimpleNamespace(x=np.linspace(0.25, 0.75, 6)))


def test_settings_with_defaults_are_inputs_only_if_they_have_gradients() -> None:
    """The number of gradients must decide whether a parameter with a default is differentiated."""
    case = SimpleNamespace(x=np.linspace(0.25, 0.75, 6))
    without = _outputs(driver.f4, SimpleNamespace(f4=lambda a, n=3.0: (a * n, (n,))), case=case)
    with_it = _outputs(driver.f4, SimpleNamespace(f4=lambda a, n=3.0: (a * n, (n, a))), case=case)

    assert without["values"].shape == (1, len(driver.STEPS), 3)
    assert with_it["values"].shape == (2, len(driver.STEPS), 3)
    assert with_it["grad[1]"] == 0.25


def test_the_net_is_written_in_place_and_read_back(solved: Callable[[str], ModuleType]) -> None:
    """All outputs of a right net must be right, with the case's parameters in it."""
    net = solved("two_layer_net")
    for case in two_layer_net.examples:
        outputs = _outputs(driver.two_layer_net, net, case=_given(case))
        expected = two_layer_net.reference(case)

        assert outputs.keys() == expected.keys() | set(driver.PARAMETERS)
        assert all(np.allclose(outputs[name], expected[name]) for name in expected)
        assert all(np.array_equal(outputs[name], case.arrays[name]) for name in driver.PARAMETERS)


def test_parameters_are_told_by_their_shapes() -> None:
    """Names and order must not matter, even where the hidden size is not the one that was asked for."""
    shapes = {"z": (4,), "out": (7, 4), "a": (7,), "in": (3, 7)}
    arrays = {name: np.zeros(shape) for name, shape in shapes.items()}

    assert driver.keys_of(arrays, 3, 4) == ["in", "a", "out", "z"]
    # Told elsewhere, and no reason not to ask for all the rest.
    assert driver.keys_of({**arrays, "z": np.zeros((1, 4))}, 3, 4) == ["in", "a", "out", "z"]
    with pytest.raises(ValueError, match="two weight matrices and two bias vectors"):
        driver.keys_of({**arrays, "z": np.zeros((2, 4))}, 3, 4)
    with pytest.raises(TypeError, match="has to return a dict"):
        driver.keys_of(None, 3, 4)


def test_a_training_step_meets_the_names_of_the_homework(solved: Callable[[str], ModuleType]) -> None:
    """Linear models have the keys W and b, nets those of the student's own net; others are for a note."""
    train, classifier = solved("train"), solved("classifier")
    seen: list[tuple[str, ...]] = []

    def step(model: Any, X: Array, y: Array, reg: float) -> Any:  # noqa: N803
        seen.append(tuple(model.parameters()))
        assert isinstance(model, classifier.Classifier)
        return train.training_step(model, X, y, reg)

    for case in STEPS:
        outputs = _outputs(driver.training_step, SimpleNamespace(training_step=step), classifier, case=_given(case))
        expected = training_step.reference(case)

        assert outputs.keys() == expected.keys()
        assert all(np.allclose(outputs[name], expected[name]) for name in expected)
    assert set(seen) == {
        ("W", "b"),
        ("W1", "b1", "W2", "b2"),
        ("slopes", "offsets"),
        ("slopes", "offsets", "mixing", "levels"),
    }


def test_nothing_returned_earns_nothing(solved: Callable[[str], ModuleType]) -> None:
    """A stub that returns None, or a pair of it, must leave every output without a value: parameters kept, too."""
    classifier = solved("classifier")

    class Net:
        def __init__(self, *arguments: Any) -> None:
            pass

        def parameters(self) -> None:
            return None

    for nothing in (None, (None, None)):
        step = SimpleNamespace(training_step=lambda *arguments, nothing=nothing: nothing)
        outputs = _outputs(driver.training_step, step, classifier, case=_given(STEPS[0]))
        assert outputs.keys() == training_step.reference(STEPS[0]).keys()
        assert all(value is None for value in outputs.values())
    for call, operator in ((driver.two_layer_start, two_layer_start), (driver.two_layer_net, two_layer_net)):
        outputs = _outputs(call, SimpleNamespace(TwoLayerNet=Net), case=_given(operator.examples[0]))
        assert outputs.keys() == operator.reference(operator.examples[0]).keys()
        assert all(value is None for value in outputs.values())


def test_without_a_net_common_names_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training step must be asked even if there is no two_layer_net.py, or a broken one."""
    monkeypatch.setitem(sys.modules, "two_layer_net", ModuleType("two_layer_net"))

    assert driver.own_keys() == ["W1", "b1", "W2", "b2"]


def test_scripts_without_a_guard_get_a_few_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """They train when they are imported, where CIFAR-10 is not."""
    data: Any = ModuleType("data")
    data.load_cifar10 = sys.exit
    monkeypatch.setattr(builtins, "__import__", driver.lenient_import)
    monkeypatch.setitem(sys.modules, "data", data)
    scope: dict[str, Any] = {}

    exec("from data import load_cifar10\ndata = load_cifar10(num_train=20000)", scope)

    assert scope["data"]["X_train"].shape == (8, 3072)


def test_optional_modules_are_stood_in_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots, progress bars and helpers of another hand-out must not stop an import; anything else must."""
    monkeypatch.setattr(builtins, "__import__", driver.lenient_import)
    monkeypatch.setitem(sys.modules, "utils", ModuleType("utils"))
    scope: dict[str, Any] = {}
    text = (
        "import matplotlib\n"
        "matplotlib.use('Agg')\n"
        "import matplotlib.pyplot as plt\n"
        "from matplotlib.backends.backend_pdf import PdfPages\n"
        "from tqdm import tqdm\n"
        "from utils import something\n"
        "plt.rcParams['figure.figsize'] = (1, 2)\n"
    )
    for name in ("matplotlib", "matplotlib.pyplot", "tqdm"):
        monkeypatch.setitem(sys.modules, name, None)
    exec(text, scope)

    assert {"plt", "PdfPages", "tqdm", "something"} <= scope.keys()
    with pytest.raises(ModuleNotFoundError):
        exec("import a_module_that_is_nowhere", {})
    with pytest.raises(ImportError):
        exec("from math import a_function_that_is_nowhere", {})
