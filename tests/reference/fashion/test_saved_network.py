"""Networks that are handed in as files: in every form in which they are saved, right and wrong."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from checker.drawing import simplest
from checker.exam import draw_exam
from checker.grading import Grader
from checker.operator import Case
from checker.report.model import Report
from checker.sandbox.isolation import choose
from checker.sitting import wanted
from checker.submissions import find
from reference.fashion import torch_driver
from reference.fashion.rubric import ASSIGNMENT
from reference.fashion.torch_driver.hidden_images import held_out
from reference.fashion.torch_driver.predictions import as_given
from reference.fashion.torch_driver.watching import Training

SOLVED = Path(__file__).parents[3] / "fixtures/submissions/fashion/solved"
PART1 = ASSIGNMENT.sections[0]


def _operator(number: int) -> Any:
    return next(task.operator for task in ASSIGNMENT.sections[number - 1].tasks if task.call == "held_out")


def _asked(case: Case) -> Any:
    return type("Asked", (), {**case.arrays, **case.options, **case.protocol})


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As in a student's process; threads that wait for each other cost more than they give."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submission whose files come and go."""
    return copytree(SOLVED, tmp_path_factory.mktemp("saved") / "submission")


@pytest.fixture(scope="module")
def modules(folder: Path) -> Iterator[dict[int, ModuleType]]:
    """The files, under the names that they have in a student's process."""
    loaded = {}
    for number in (1, 2, 3):
        name = f"neuralnet_p{number}"
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        assert spec is not None and spec.loader is not None
        loaded[number] = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded[number])
    yield loaded
    for number in loaded:
        del sys.modules[f"neuralnet_p{number}"]


@pytest.fixture(scope="module")
def trained(one_thread: None, modules: dict[int, ModuleType]) -> dict[int, Any]:
    """A trained network of each part."""
    torch.manual_seed(0)
    found = {}
    for number, module in modules.items():
        case = _asked(simplest(_operator(number).cases))
        x, test = (torch.tensor(images, dtype=torch.float32) for images in (case.x, case.test))
        train = (x, torch.tensor(case.labels)) if case.classes else (x / 255,)
        found[number] = module.fit(*train, test if case.classes else test / 255, case.n_iter)[2]
    return found


def _judged(modules: dict[int, ModuleType], number: int) -> dict[str, float]:
    """What the driver says of a file and the grader measures; the training beside it is short."""
    case = simplest(_operator(number).cases)
    asked = _asked(case)
    asked.n_iter = 1
    torch.manual_seed(1)
    answer = {}
    for names, value in held_out(modules[number], asked):
        answer |= dict(zip(names, value, strict=True)) if isinstance(names, tuple) else {names: value}
    return {**answer, **_operator(number).measure(case, answer)}


@pytest.mark.parametrize(
    ("number", "form"),
    [(1, "module"), (1, "state"), (1, "checkpoint"), (1, "of __main__"), (2, "module"), (3, "state")],
)
def test_a_good_network_counts_in_every_form(
    folder: Path, modules: dict[int, ModuleType], trained: dict[int, Any], number: int, form: str
) -> None:
    """Images are handed in as ``fit`` does it, standardised ones in part 2."""
    net, kind = trained[number], type(trained[number])
    path = folder / f"net_p{number}.model"
    if form == "of __main__":
        kind.__module__, sys.modules["__main__"].NeuralNet = "__main__", kind  # type: ignore[attr-defined]
    saved = {"state": net.state_dict(), "checkpoint": {"epoch": 1, "net": net.state_dict()}}.get(form, net)
    torch.save(saved, path)
    if form == "of __main__":
        kind.__module__ = f"neuralnet_p{number}"
        del sys.modules["__main__"].NeuralNet  # type: ignore[attr-defined]
    judged = _judged(modules, number)
    path.unlink()
    if form == "of __main__":
        del sys.modules["__main__"].NeuralNet  # type: ignore[attr-defined]

    assert (judged["saved"], judged["same layers"]) == (1.0, 1.0)
    if number == 3:
        assert judged["saved mse"] <= 0.045 < judged["mse"]
    else:
        assert judged["saved accuracy"] >= {1: 0.85, 2: 0.65}[number] > judged["accuracy"]


def test_without_a_file_the_trained_network_counts(modules: dict[int, ModuleType]) -> None:
    """Nothing is lost by what is only noted."""
    judged = _judged(modules, 1)

    assert (judged["saved"], judged["same layers"]) == (1.0, 1.0)
    assert judged["saved accuracy"] == judged["accuracy"]


def _zero(layer: torch.nn.Linear) -> torch.nn.Linear:
    """A layer that says the same of every image, so that no luck makes it better than a guess."""
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    return layer


@pytest.mark.parametrize(
    ("content", "saved", "same"),
    [
        (b"no network", 2.0, -1.0),
        ([1, 2, 3], 3.0, -1.0),
        ({"layers.0.weight": torch.zeros(5, 784)}, 4.0, -1.0),
        (torch.nn.Sequential(torch.nn.Linear(784, 32), _zero(torch.nn.Linear(32, 3))), 1.0, 0.0),
    ],
    ids=["damaged", "a list", "another state_dict", "another network"],
)
def test_wrong_files_are_told_apart(
    folder: Path, modules: dict[int, ModuleType], content: Any, saved: float, same: float
) -> None:
    """Each has its code, and nothing is measured of a file that cannot be used."""
    path = folder / "net_p1.model"
    path.write_bytes(content) if isinstance(content, bytes) else torch.save(content, path)
    judged = _judged(modules, 1)
    path.unlink()

    assert (judged["saved"], judged["same layers"]) == (saved, same)
    assert judged["saved accuracy"] < 0.5


def test_a_layer_without_weights_is_not_taken_for_the_network(modules: dict[int, ModuleType]) -> None:
    """What ``fit`` hands to a softmax at its end says nothing about the network in the file."""
    net = modules[1].NeuralNet(0.0, torch.nn.CrossEntropyLoss(), 784, 3)
    training = Training()
    training.forwards = [(net.layers[1], torch.eye(3)), (net.layers, torch.zeros(3, 784))]
    first = next(as_given(net, net, training, torch.rand(5, 784), torch.rand(3, 784)))

    assert torch.equal(first(), net.layers(torch.zeros(3, 784)))


def _grade(folder: Path) -> Report:
    tasks = [(PART1, task) for task in PART1.tasks if task.call == "held_out"]
    exam = draw_exam(ASSIGNMENT, tasks, seed=0, profile="quick")
    found = find(folder, [name for section in ASSIGNMENT.sections for name in wanted(section)])
    return Grader(ASSIGNMENT, exam, choose(None), str).grade(found, tasks)


def test_an_untrained_network_loses_its_points(folder: Path, modules: dict[int, ModuleType]) -> None:
    """The file comes along into the sandbox, is loaded there, and is worth what it predicts."""
    torch.manual_seed(0)
    net = modules[1].NeuralNet(0.0, torch.nn.CrossEntropyLoss(), 784, 3)
    torch.save(net, folder / "net_p1.model")
    report = _grade(folder)
    (folder / "net_p1.model").unlink()

    assert {task.id: task.points for task in report.tasks if task.status != "passed"} == {"p1.saved": 1.0}


def test_driver_is_whole() -> None:
    """The package offers what the rubric calls."""
    calls = {task.call for section in ASSIGNMENT.sections for task in section.tasks}
    assert calls <= set(torch_driver.__all__)


def test_predictions_of_unusable_files_are_no_numbers(folder: Path, modules: dict[int, ModuleType]) -> None:
    """An image that is not there has no error."""
    (folder / "net_p3.model").write_bytes(b"")
    judged = _judged(modules, 3)
    (folder / "net_p3.model").unlink()

    assert judged["saved"] == 2.0
    assert np.isnan(judged["saved mse"])
