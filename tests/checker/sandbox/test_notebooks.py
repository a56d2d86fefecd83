"""Notebooks run in a kernel inside the fence, under every level of isolation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.sandbox.answer import Answer
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess
from tests.checker.sandbox.conftest import ones

Start = Callable[..., StudentProcess]

DRIVER = """
import os
import sys
from pathlib import Path

def show(variables, path):
    Path(path).write_text(repr(variables["a"]))

def run(case):
    import notebook_run
    notebook = notebook_run.read(Path(sys.path[-1]) / "hw.ipynb")
    with notebook_run.kernel(notebook, 5) as kernel:
        kernel.run(notebook)
        for cell in notebook_run.code_cells(notebook):
            for output in cell.outputs:
                print(output.get("text") or output["data"].get("text/plain"), "image/png" in output.get("data", {}))
        path = os.path.join(os.environ["TMPDIR"], "a")
        kernel.call(__file__, "show", path)
    yield "a", float(Path(path).read_text())
"""
PACKAGES = ("numpy", "nbclient", "ipykernel")
LIMITS = Limits(processes=8)


@pytest.fixture
def run(start: Start) -> Callable[..., tuple[Answer, str]]:
    """Run a notebook of these code cells."""

    def go(*cells: str, packages: tuple[str, ...] = PACKAGES) -> tuple[Answer, str]:
        made = [
            {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
            for cell in cells
        ]
        text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made})
        answers = start({"hw.ipynb": text}, LIMITS, driver=DRIVER, packages=packages).ask("run", [], [ones()])
        return answers.answers[0], answers.printed

    return go


def test_cells_share_variables_and_show_what_they_print(run: Callable[..., tuple[Answer, str]]) -> None:
    """Later cells see earlier ones; what a shell would do is left out."""
    answer, printed = run("!pip install anything\n%pip install more\na = 3.0", "print('seen')\na + 1")

    assert answer.fault is None
    assert answer.outputs["a"].array == 3
    assert "seen" in printed
    assert "4.0" in printed


def test_colab_and_missing_extensions_do_no_harm(run: Callable[..., tuple[Answer, str]]) -> None:
    """Its drive is not there, and where code knows what to do without it, it does that."""
    answer, _ = run(
        "from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive",
        "try:\n    from google.colab import files\nexcept ImportError:\n    a = 3.0",
        "%load_ext tensorboard\n%tensorboard --logdir runs",
        "%%bash\nls",
        "import numpy as np\nassert np.float is float",
    )

    assert answer.fault is None
    assert answer.outputs["a"].array == 3


def test_a_failing_cell_is_named(run: Callable[..., tuple[Answer, str]]) -> None:
    """With the line in it, and the exception of that name."""
    answer, _ = run("a = 1.0", "b = 2\n\na / 0")

    assert answer.fault is not None
    assert answer.fault.type == "ZeroDivisionError"
    assert "code cell 2, line 3" in answer.fault.message


def test_a_module_that_is_not_allowed_is_named(run: Callable[..., tuple[Answer, str]]) -> None:
    """As in any other file: the kernel sees the section's packages and no more."""
    answer, _ = run("import hypothesis")

    assert answer.fault is not None
    assert answer.fault.module == "hypothesis"


def test_a_cell_without_an_end_is_named(run: Callable[..., tuple[Answer, str]]) -> None:
    """It takes no longer than the time for the whole notebook, and nothing of it is left running."""
    answer, _ = run("a = 1.0", "while True: pass")

    assert answer.fault is not None
    assert answer.fault.type == "TimeoutError"
    assert "code cell 2" in answer.fault.message


def test_a_kernel_that_dies_is_named(run: Callable[..., tuple[Answer, str]]) -> None:
    """Its cell, too."""
    answer, _ = run("a = 1.0", "import os; os._exit(1)")

    assert answer.fault is not None
    assert answer.fault.kind == "memory"
    assert "code cell 2" in answer.fault.message


def test_the_kernel_has_no_network_and_no_other_session(run: Callable[..., tuple[Answer, str]]) -> None:
    """Sockets in files only: the same fence as around any student's code."""
    answer, _ = run(
        """
import os, socket
a = 0.0
socket.socket(socket.AF_UNIX).close()
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
    try:
        socket.socket(family)
    except PermissionError:
        a += 1
try:
    os.setsid()
except PermissionError:
    a += 1
"""
    )

    assert answer.fault is None
    assert answer.outputs["a"].array == 4


def test_what_is_no_notebook(start: Start) -> None:
    """One sentence says so."""
    student = start({"hw.ipynb": "a = 1"}, LIMITS, driver=DRIVER, packages=PACKAGES)
    fault = student.ask("run", [], [ones()]).answers[0].fault

    assert fault is not None
    assert "hw.ipynb is not a Jupyter notebook" in fault.message


def test_without_processes_there_are_no_sockets(start: Start) -> None:
    """Only a section that runs notebooks lets them talk to each other."""
    student = start("import socket\ndef f(x):\n    socket.socket(socket.AF_UNIX)\n    return x")
    fault = student.ask("one", ["hw"], [ones()]).answers[0].fault

    assert fault is not None
    assert fault.type == "PermissionError"


def test_the_files_beside_are_there(start: Start, tmp_path: Path) -> None:
    """A notebook imports them and opens them by their bare names."""
    cell = {
        "cell_type": "code",
        "source": "import helper\na = helper.a + float(open('number.txt').read())\nopen('number.txt', 'w').close()",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]})
    files = {"hw.ipynb": text, "helper.py": "a = 1.0", "number.txt": "2"}
    answer = start(files, LIMITS, driver=DRIVER, packages=PACKAGES).ask("run", [], [ones()]).answers[0]

    assert answer.fault is None
    assert answer.outputs["a"].array == 3


GPU = """
import os
import torch
from torch.utils.data import DataLoader
net = torch.nn.Linear(2, 1).cuda().to(torch.device("cuda:0"))
loader = DataLoader(torch.ones(6, 2), batch_size=3, num_workers=2, pin_memory=True)
for x in loader:
    y = net(x.cuda().to("cuda").to(0, dtype=torch.float32))
a = float(len(y))
print(os.dup(0), "files are open")
"""


def test_code_for_a_gpu_runs_without_one(start: Start) -> None:
    """Devices are the CPU, and no further processes load data."""
    cell = {"cell_type": "code", "source": GPU, "metadata": {}, "outputs": [], "execution_count": None}
    text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]})
    limits = Limits(memory=8 << 30, processes=8, case_seconds=120, task_seconds=120)
    student = start({"hw.ipynb": text}, limits, driver=DRIVER.replace(", 5)", ", 60)"), packages=(*PACKAGES, "torch"))
    answers = student.ask("run", [], [ones()])

    assert answers.answers[0].fault is None
    assert answers.answers[0].outputs["a"].array == 3
    # Far from the limit, 256.
    assert int(answers.printed.split()[0]) < 128
