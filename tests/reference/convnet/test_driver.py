"""The convnet driver must get every output out of a right submission, and lose no more than it has to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checker.bounds import FLOAT64, TINY, K
from checker.drawing import draw
from checker.operator import Array, Case, Outputs, aspect_of
from fixtures.mutants import SUBMISSIONS
from reference.convnet import driver
from reference.convnet.rubric import ASSIGNMENT, ROOT

SOLVED = SUBMISSIONS / "convnet" / "solved"
TASKS = {task.id: task for section, task in ASSIGNMENT.tasks() if section.driver == "driver.py"}
PACKAGES = ("modules", "optimizer", "theory")


def _forget() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in PACKAGES]:
        del sys.modules[name]


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of the solved submission by task, imported as the student's process imports them."""
    _forget()
    monkeypatch.syspath_prepend(str(SOLVED / ROOT))
    monkeypatch.syspath_prepend(str(SOLVED))
    files = {
        task.id: section.files_of(task)[0] for section, task in ASSIGNMENT.tasks() if section.driver == "driver.py"
    }
    yield {
        name: import_module(".".join(Path(file.removeprefix(f"{ROOT}/")).with_suffix("").parts))
        for name, file in files.items()
    }
    _forget()


def _given(case: Case) -> SimpleNamespace:
    return SimpleNamespace(**{k: v.copy() for k, v in case.arrays.items()}, **case.options, **case.protocol)


def _outputs(call: str, module: Any, given: SimpleNamespace) -> tuple[dict[str, Any], Exception | None]:
    outputs: dict[str, Any] = {}
    try:
        for names, value in getattr(driver, call)(module, given):
            outputs.update(zip(names, value, strict=True) if isinstance(names, tuple) else [(names, value)])
    except Exception as error:
        return outputs, error
    return outputs, None


def _cases(task: str, count: int = 30) -> list[Case]:
    operator = TASKS[task].operator
    return [*operator.examples, *draw(operator.cases, 0, count)]


def _wrong(task: str, case: Case, outputs: dict[str, Any]) -> set[str]:
    """The aspects that are not within the error of float64 arithmetic, kinks aside."""
    operator = TASKS[task].operator
    expected: Outputs = operator.reference(case)
    bound, kinks = operator.bound(case, expected, FLOAT64), operator.kinks(case)
    wrong = set()
    for name, right in expected.items():
        got = np.asarray(outputs.get(name, np.nan))
        near = got.shape == right.shape and (np.abs(got - right) <= K * bound[name] + TINY) | kinks.get(name, False)
        if not np.all(near):
            wrong.add(aspect_of(name))
    return wrong


@pytest.mark.parametrize("task", TASKS)
def test_every_output_of_a_right_submission_arrives(task: str, solved: dict[str, ModuleType]) -> None:
    """All outputs must come and be right, and the case's arrays must be left alone."""
    for case in _cases(task):
        given = _given(case)
        outputs, error = _outputs(TASKS[task].call, solved[task], given)

        assert error is None
        assert outputs.keys() == TASKS[task].operator.reference(case).keys()
        assert _wrong(task, case, outputs) == set()
        assert all(np.array_equal(getattr(given, name), array) for name, array in case.arrays.items())


@pytest.mark.parametrize(
    ("task", "written"),
    [("conv2d", "Conv2D"), ("maxpool", "MaxPooling"), ("relu", "ReLU"), ("linear", "Linear"), ("convnet", "ConvNet")],
)
def test_a_broken_backward_does_not_cost_the_forward(task: str, written: str, solved: dict[str, ModuleType]) -> None:
    """Whether or not the object was used before, forward outputs must all arrive when backward raises."""

    def broken(*_: Any) -> None:
        raise NotImplementedError

    module = SimpleNamespace(**{written: type(written, (getattr(solved[task], written),), {"backward": broken})})
    for case in _cases(task, 20):
        outputs, error = _outputs(TASKS[task].call, module, _given(case))

        assert isinstance(error, NotImplementedError)
        assert {aspect_of(name) for name in outputs} == {n for n in TASKS[task].points if ".grad" not in n}


def test_a_missing_gradient_is_named_and_costs_itself_alone(solved: dict[str, ModuleType]) -> None:
    """What backward has set must arrive before the complaint about what it has not."""

    class Forgetful(solved["linear"].Linear):  # type: ignore[misc]
        def backward(self, dout: Array) -> None:
            super().backward(dout)
            self.dw = None

    case = TASKS["linear"].operator.examples[1]
    outputs, error = _outputs("linear", SimpleNamespace(Linear=Forgetful), _given(case))

    assert {"y", "x.grad", "bias.grad"} == outputs.keys()
    assert str(error) == "Forgetful.backward has not set dw"


def test_a_wrong_layer_does_not_cost_the_network(
    solved: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    """ConvNet is scored on what it does with right modules."""
    for task, written in (("conv2d", "Conv2D"), ("linear", "Linear"), ("relu", "ReLU"), ("maxpool", "MaxPooling")):
        monkeypatch.setattr(getattr(solved[task], written), "forward", lambda self, x: 0 * x)
        monkeypatch.setattr(getattr(solved[task], written), "backward", lambda self, dout: None)

    for case in _cases("convnet", 10):
        outputs, error = _outputs("convnet", solved["convnet"], _given(case))

        assert error is None
        assert _wrong("convnet", case, outputs) == set()


def test_modules_without_a_class_of_the_students_still_train() -> None:
    """SGD is scored without the layers when they cannot be imported."""
    _forget()
    module = driver._plain_module("Conv2D")

    assert type(module).__name__ == "Conv2D"
    assert not hasattr(module, "weight")


def test_numbers_may_come_as_arrays_or_lists() -> None:
    """The form of a number or matrix is free."""
    case = TASKS["piecewise_linear"].operator.examples[0]
    theory = SimpleNamespace(piecewise_linear=lambda x0: [np.array([[2.0]]), np.float64(3.0)])
    outputs, error = _outputs("piecewise_linear", theory, _given(case))

    assert error is None
    assert outputs == {"W": 2.0, "b": 3.0}
