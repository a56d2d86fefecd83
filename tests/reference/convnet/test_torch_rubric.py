"""Part 2 of convnet: points on aspects that exist, house rules, and the provided files."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from checker.assignment import Finding, HandedIn
from checker.drawing import draw
from checker.operator import aspect_of
from reference.convnet import torch_rubric
from reference.convnet.rubric import ASSIGNMENT
from reference.convnet.run_rubric import CONFIG_KEYS, RUNS, complete_configurations
from reference.convnet.torch_rubric import PART2, TASKS
from reference.operators.vanilla_cnn import EXAMPLES, reference
from tests.reference.convnet.test_rubric import PART1

HANDOUT = ASSIGNMENT.handout / "part2-pytorch"
DRIVER = Path(torch_rubric.__file__).with_name("torch_driver") / "__init__.py"


def _load(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"handed_out_{Path(file).stem}", HANDOUT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _handed_in(folder: Path, sources: dict[str, str] | None = None) -> HandedIn:
    return HandedIn(folder, folder, TASKS, sources or {}, (), {})


def test_tasks_and_points() -> None:
    """The items and their points are facts of the homework: 45 with the run that stands apart."""
    assert {task.id: task.max_points for task in TASKS} == {
        "twolayer": 5,
        "cnn": 5,
        "my_model": 10,
        "train": 5,
        "validate": 5,
        "reweight": 4,
        "focal_loss": 6,
        "twolayer_weights": 1,
        "cnn_weights": 1,
        "my_model_weights": 1,
    }
    assert sum(task.max_points for task in (*TASKS, *RUNS.tasks)) == 45
    assert not {rule.id for rule in PART2.rules} & {rule.id for rule in PART1.rules}


def test_points_are_given_for_outputs_that_exist() -> None:
    """Every aspect must be an output of its operator or be measured, and every call a function of the driver."""
    imports = [node for node in ast.parse(DRIVER.read_text()).body if isinstance(node, ast.ImportFrom)]
    functions = {alias.name for node in imports for alias in node.names}
    for task in TASKS:
        cases = [*task.operator.examples, *(draw(task.operator.cases, 0, 10) if task.id != "cnn" else ())]
        outputs = {
            f"{aspect_of(output)} {case.group}".rstrip() for case in cases for output in task.operator.reference(case)
        }

        assert set(task.points) - set(task.scales) <= outputs
        assert task.call in functions
        assert all((ASSIGNMENT.handout / file).is_file() for file in task.files)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from torchvision.models import resnet18", True),
        ("from torchvision import models", True),
        ("import torchvision.models as known", True),
        ("import torchvision\nnet = torchvision.models.resnet18()", True),
        ("import torch\nnet = torch.hub.load('a', 'b')", True),
        ("import timm", True),
        ("from torchvision.ops import StochasticDepth", False),
        ("import torch\nfrom torch import nn\nmodels = nn.ModuleList()", False),
        ("from models.cnn import VanillaCNN", False),
        ("this is not Python", False),
    ],
)
def test_own_architecture(text: str, found: bool, tmp_path: Path) -> None:
    """Networks of libraries are found in whatever way they are imported; layers are free."""
    findings = torch_rubric.own_architecture(_handed_in(tmp_path, {"part2-pytorch/models/my_model.py": text}))

    assert bool(findings) == found


def test_configurations(tmp_path: Path) -> None:
    """Those of the hand-out are complete; a missing key is named; a remark is no key; either YAML style will do."""
    check = complete_configurations
    assert check(_handed_in(HANDOUT)) == []
    assert check(_handed_in(tmp_path)) == [Finding("configs/*.yaml is missing from the submission")]

    text = (HANDOUT / "configs/config_mymodel.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(text.replace("  beta:", "  # beta:"))
    assert check(_handed_in(tmp_path)) == [Finding("mine.yaml is without beta")]

    inner = (f"{name}: {{{', '.join(f'{key}: 1' for key in keys)}}}" for name, keys in CONFIG_KEYS.items())
    (tmp_path / "mine.yaml").write_text("\n".join(inner))
    assert check(_handed_in(tmp_path)) == []


def test_resnet() -> None:
    """ResNet-32 has the size of the homework and takes pictures of 32x32."""
    net = _load("models/resnet.py").resnet32().eval()

    assert sum(parameter.numel() for parameter in net.parameters()) == 464_154
    with torch.no_grad():
        assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_parameters_of_vanilla_cnn() -> None:
    """The number that the homework gives."""
    assert reference(EXAMPLES[1])["parameters"] == 58_826


def test_imbalanced_classes() -> None:
    """The class sizes of the homework, whatever the order of the labels."""
    imbalance = _load("data/imbalance.py")
    sizes = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(10), 5000))
    places, kept = imbalance.take_imbalanced(labels)

    assert imbalance.class_sizes(5000) == sizes == kept
    assert np.bincount(labels[places]).tolist() == sizes


def test_every_configuration_names_a_network_of_main() -> None:
    """A configuration must fit main.py."""
    main = (HANDOUT / "main.py").read_text()
    for path in (HANDOUT / "configs").glob("*.yaml"):
        name = re.search(r"model: (\S+)", path.read_text())
        assert name is not None
        assert f'"{name[1]}":' in main


def test_collecting(tmp_path: Path) -> None:
    """The archive holds what was asked for."""
    folder = tmp_path / "part2-pytorch"
    subprocess.run(["cp", "-r", HANDOUT, folder], check=True)
    done = subprocess.run(["sh", "collect_submission.sh"], cwd=folder, capture_output=True, text=True, check=False)
    if "zip: not found" in done.stderr:
        pytest.skip("zip is not installed")

    assert done.returncode == 0, done.stderr
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", folder / "assignment_2_part_2_submission.zip"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert all(
        part in listed for part in ("main.py", "models/cnn.py", "losses/focal_loss.py", "configs/", "checkpoints/")
    )
    assert "data/" not in listed
