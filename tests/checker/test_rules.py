"""Each rule finds its breach and lets differently written right code through."""

from pathlib import Path

import pytest

from checker.assignment import HandedIn, Task
from checker.rules import archive_name, no_iteration, no_prints, provided_unchanged, required_files
from tests.checker.toy import OPERATOR

TASK = Task("layer.forward", "Forward", "layer", OPERATOR, {"y": 1}, where=("Layer.forward",))


def _handed_in(
    source: str = "", *, folder: Path = Path(), submission: Path | None = None, printed: str = ""
) -> HandedIn:
    return HandedIn(submission or folder, folder, (TASK,), {"layers.py": source}, (), {TASK.id: printed})


def _layer(body: str, rest: str = "") -> str:
    return f"import numpy as np\nclass Layer:\n    def forward(self, x):\n        {body}\n{rest}"


ITERATING = [
    _layer("for row in x: pass"),
    _layer("while True: return x"),
    _layer("return np.array([row + 1 for row in x])"),
    _layer("return sum(row for row in x)"),
    _layer("return np.apply_along_axis(f, 1, x)"),
    _layer("return np.vectorize(f)(x)"),
    _layer("return list(map(f, x))"),
    _layer("for row in ('a', x): pass"),
    _layer("for k in self.values: pass"),
    _layer("return helper(x)", "def helper(x):\n    return [f(a) for a in x]\n"),
    _layer("return self._rows(x)", "    def _rows(self, x):\n        for row in x: pass\n"),
    _layer("return Layer._rows(x)", "    @staticmethod\n    def _rows(x):\n        for row in x: pass\n"),
]
VECTORISED = [
    _layer("return x @ self.weight"),
    _layer("return helper(x)", "def helper(x):\n    return x + 1\n"),
    _layer("return x", "def unused(x):\n    for row in x: pass\n"),
    _layer("return x", "    def backward(self, dout):\n        for row in dout: pass\n"),
    _layer("if x.ndim == 1: x = x[None]\n        return np.einsum('ij->ji', x)"),
    _layer("for name, value in self.params.items(): self.grads[name] = 0 * value\n        return x"),
    _layer("self.grads = {name: None for name in ('weight', 'bias')}\n        return x"),
    "def broken(:",
]


@pytest.mark.parametrize("source", ITERATING)
def test_iteration_is_found(source):
    """Loops, comprehensions and disguised loops, also in what the function calls."""
    findings = no_iteration(_handed_in(source))

    assert findings
    assert findings[0].task == TASK.id
    assert findings[0].where.startswith("layers.py:")


@pytest.mark.parametrize("source", VECTORISED)
def test_matrix_operations_are_let_through(source):
    """Code without iteration, and iteration elsewhere, breaks nothing."""
    assert no_iteration(_handed_in(source)) == []


def test_recursion_between_functions_ends():
    """Functions that call each other are each looked at once."""
    source = _layer("return a(x)", "def a(x):\n    return b(x)\ndef b(x):\n    return a(x)\n")

    assert no_iteration(_handed_in(source)) == []


def test_prints():
    """Printing is found, silence is not."""
    assert [found.task for found in no_prints(_handed_in(printed="debug\nmore"))] == [TASK.id]
    assert no_prints(_handed_in(printed=" \n")) == []


def test_provided_files():
    """Only files that differ are named."""
    changed = HandedIn(Path(), Path(), (), {}, ("trainer.py",), {})

    assert "trainer.py" in provided_unchanged(changed)[0].message
    assert provided_unchanged(_handed_in()) == []


def test_required_files(tmp_path):
    """A pattern is looked for anywhere in the submission."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/report.pdf").write_text("x")
    check = required_files("*.pdf", "notes.txt")

    assert [found.message for found in check(_handed_in(folder=tmp_path))] == [
        "notes.txt is missing from the submission"
    ]


def test_archive_name(tmp_path):
    """An archive's name is judged, a folder's is not."""
    check = archive_name(r"[a-z]+_assignment1\.zip", "turing_assignment1.zip")
    right, wrong = tmp_path / "turing_assignment1.zip", tmp_path / "hw.zip"

    assert check(_handed_in(submission=right)) == []
    assert "hw.zip" in check(_handed_in(submission=wrong))[0].message
    assert check(_handed_in(submission=tmp_path)) == []
