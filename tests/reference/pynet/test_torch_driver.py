"""Scripts in many styles: the driver must find what they offer, and keep short what they do by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.drawing import simplest
from checker.operator import Case
from checker.sandbox.answer import Answer
from checker.sandbox.isolation import choose
from checker.sandbox.process import StudentProcess
from checker.served import served
from reference.pynet.rubric import ASSIGNMENT
from reference.pynet.torch_rubric import CIFAR

FUNCTIONS = """
import torch, torchvision
from torch import nn
from torchvision import transforms
from torch.utils.data import DataLoader, random_split

best_acc = 0

class Part(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.part, self.fc = Part(), nn.Linear(3, 10)
    def forward(self, x):
        return self.fc(self.part(x))

def train(model, optimizer, epochs=1):
    global best_acc
    for _ in range(epochs):
        model.train()
        for x, y in loader_train:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x.cuda()), y.to("cuda")).backward()
            optimizer.step()
        acc = test(loader_val, model)
        if acc > best_acc:
            best_acc = acc
            torch.save(model, "/dev/null/best.pt")

def test(loader, model):
    model.eval()
    right = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(1) == y).sum()
    RETURN
"""
SCRIPT = """
import argparse
import matplotlib.pyplot as plt
from torch.utils.tensorboard import SummaryWriter
print(argparse.ArgumentParser().parse_args())
both = torchvision.datasets.CIFAR10("x", train=True, download=True, transform=transforms.ToTensor())
first, last = random_split(both, [49000, 1000])
assert len(both.data) == len(both.targets) == 50000
assert not {image.tobytes() for image in both.data[:49000]} & {image.tobytes() for image in both.data[49000:]}
loader_train = DataLoader(first, 64, True, None, None, 4, pin_memory=False)
loader_val = DataLoader(last, batch_size=64, num_workers=2, persistent_workers=True)
held = torchvision.datasets.CIFAR10("x", train=False, transform=transforms.ToTensor())
assert len(held) == 10000
net = Net().cuda().to(torch.device("cuda:0"))
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
seen = sum(len(x) for _ in range(10) for x, _ in loader_train)
assert 0 < seen <= 10 * 2 * 64, seen
train(net, sgd, 30)
net = torch.load("/dev/null/best.pt")
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
test(DataLoader(torch.utils.data.Subset(held, range(10000)), 64), net)
figure, (left, right) = plt.subplots(1, 2)
left.plot([1, 2])
plt.show()
SummaryWriter().add_scalar("x", 1, 1)
"""
GUARDED = 'if __name__ == "__main__":\n' + "\n".join(f"    {line}" for line in SCRIPT.strip().splitlines())
# Batches are counted, and asked for as older releases of torch had it.
COUNTED = """
def counting_train(model, optimizer, epochs=1):
    for _ in range(epochs):
        batches = iter(loader_train)
        for _ in range(len(loader_train)):
            x, y = batches.next()
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
    torch.save(obj=model, f="/dev/null/best.pt")

train = counting_train
"""
# The best weights are loaded under the old name, and the optimizer stays that of the model that was trained.
KEPT = COUNTED + SCRIPT.replace('pt")\nsgd = torch.optim.SGD(net.parameters(), lr=0.1)', 'pt")')
# A layer that is made by its first pass, after the model has been moved and has got its optimizer.
LAZY = "Net = lambda: nn.Sequential(Part(), nn.LazyLinear(10))\n" + SCRIPT
CLOSURE = """
def closure_train(model, optimizer, epochs=1):
    global best_acc
    for _ in range(epochs):
        model.train()
        for x, y in loader_train:
            def closure():
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
                return loss
            print(optimizer.step(closure).item())
        acc = test(loader_val, model)
        if acc > best_acc:
            best_acc = acc
            torch.save(model.state_dict(), "best.pt")

train = closure_train
"""
SHARE = "return float(right) / sum(len(y) for _, y in loader)"
PRINTED = "print('Got %d / %d correct' % (right, sum(len(y) for _, y in loader))); return None"


def _ask(folder: Path, code: str, calls: dict[str, Case]) -> dict[str, Answer]:
    (folder / "hw3_pytorch_cifar.py").write_text(code, encoding="utf-8")
    assert CIFAR.data is not None
    with StudentProcess(
        stage=folder,
        root="",
        driver=ASSIGNMENT.driver_of(CIFAR),
        packages=CIFAR.packages,
        limits=CIFAR.limits,
        isolation=choose("plain"),
        data=served(CIFAR.data),
    ) as student:
        return {call: student.ask(call, ["hw3_pytorch_cifar"], [case]).answers[0] for call, case in calls.items()}


CALLS = {
    "optimizer": Case({}),
    "test": next(case for case in CIFAR.tasks[1].operator.examples if case.protocol["kind"] == "files"),
}


@pytest.mark.parametrize(
    "script",
    [SCRIPT, GUARDED, KEPT, LAZY],
    ids=["trains at import", "trains as __main__", "keeps its optimizer", "lazy layers"],
)
def test_a_script_is_short_offline_and_on_the_cpu(tmp_path: Path, script: str) -> None:
    """Workers, a GPU, a foreign folder, plots and fixed numbers of images: all that a script counts on is there."""
    answers = _ask(tmp_path, FUNCTIONS.replace("RETURN", SHARE) + script, CALLS)

    for answer in answers.values():
        assert answer.fault is None
    assert {name: float(v.array) for name, v in answers["optimizer"].outputs.items() if v.array is not None} == {
        "kind": 1.0,
        "left out": 0.0,
    }
    assert {name: float(v.array) for name, v in answers["test"].outputs.items() if v.array is not None} == {
        "saving": 1.0,
        "loading": 1.0,
    }


# A layer in a plain list is not among the model's parameters.
LISTED = """
net = Net()
net.layers = [nn.Linear(3, 3)]
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
"""


@pytest.mark.parametrize(
    "script", ["net = Net()\nsgd = torch.optim.SGD(Net().parameters(), lr=0.1)\n", LISTED], ids=["another", "listed"]
)
def test_an_optimizer_of_other_parameters_is_seen(tmp_path: Path, script: str) -> None:
    """One that has moved nothing says nothing about which model is meant."""
    answers = _ask(tmp_path, FUNCTIONS.replace("RETURN", SHARE) + script, {"optimizer": Case({})})
    left_out = answers["optimizer"].outputs["left out"].array

    assert left_out is not None
    assert float(left_out) == 2.0


def test_steps_with_a_closure_return_its_loss(tmp_path: Path) -> None:
    """As every optimizer does: also those that watch."""
    task = CIFAR.tasks[0]
    case = simplest(task.operator.cases)
    answers = _ask(tmp_path, FUNCTIONS.replace("RETURN", SHARE) + CLOSURE, {"train": case})

    assert {name: v.array for name, v in answers["train"].outputs.items()} == task.operator.reference(case)


def test_an_accuracy_that_is_printed_only_counts(tmp_path: Path) -> None:
    """Where nothing is returned, what is printed is read; a wrong number stays wrong."""
    case = CIFAR.tasks[1].operator.examples[0]
    expected = CIFAR.tasks[1].operator.reference(case)["accuracy"]
    for printed, right in ((PRINTED, True), (PRINTED.replace("right,", "right + 1,"), False)):
        answers = _ask(tmp_path, FUNCTIONS.replace("RETURN", printed), {"test": case})
        got = answers["test"].outputs["accuracy"].array

        assert got is not None
        assert bool(abs(got - expected) < 2.0**-40) is right


def test_a_model_that_is_missing_is_said(tmp_path: Path) -> None:
    """The error names what is looked for."""
    answers = _ask(tmp_path, "def train(model, optimizer, epochs=1):\n    pass\n", {"optimizer": Case({})})
    fault = answers["optimizer"].fault

    assert fault is not None
    assert "there is no model: make_model()" in fault.message
