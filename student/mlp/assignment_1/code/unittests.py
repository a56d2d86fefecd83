"""The checker's tasks as unit tests: ``python unittests.py`` or ``python -m unittest unittests``. Provided: do not change it.

The checker runs once, on the code in this folder, and each of its tasks becomes a test.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from functools import lru_cache
from pathlib import Path

__unittest = True  # unittest then leaves the lines of this file out of its messages

CODE = Path(__file__).resolve().parent
SUBMISSION = CODE.parent.parent if CODE.parent.name == "assignment_1" else CODE
TASKS = ("initial", "linear", "leaky_relu", "softmax", "cross_entropy", "mlp", "accuracy", "flags")
NOT_INSTALLED = (
    "the checker is not installed for this Python ({python}). In the course folder, run "
    "`pip install -e .` or use its environment: .venv/bin/python unittests.py"
)


@lru_cache(maxsize=None)
def report():
    """(tasks of the checker's report by name, what it said): no tasks when there is no report."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [sys.executable, "-m", "checker.cli", "check", "mlp", "--submission", str(SUBMISSION)]
        command += ["--report-json", str(file), "--fail-under", "100"]
        for task in TASKS:
            command += ["--task", task]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"})
        if file.is_file():
            tasks = json.loads(file.read_text(encoding="utf-8"))["tasks"]
            return {task["id"]: task for task in tasks}, done.stdout
        if "No module named" in done.stderr and "checker" in done.stderr.splitlines()[-1]:
            return {}, NOT_INSTALLED.format(python=sys.executable)
        return {}, f"the checker made no report:\n{done.stdout}{done.stderr}"


def explain(task):
    """What the report says about a task, in a few lines."""
    lines = [f"{task['points']:g} of {task['max_points']:g} points: {task['status']}"]
    for aspect in task["aspects"]:
        if aspect["status"] != "passed" and aspect["max_points"]:
            lines.append(f"  {aspect['id']}: {aspect['message']}")
            if aspect["diagnosis"]:
                lines.append(f"      likely: {aspect['diagnosis']}")
    lines.append(f"  more: {task['rerun']}")
    return "\n".join(lines)


class CheckerTest(unittest.TestCase):
    """One test per task."""

    longMessage = False

    def check(self, name):
        tasks, said = report()
        if not tasks:
            self.fail(said)
        task = tasks[name]
        self.assertEqual("passed", task["status"], explain(task))


class ModulesTest(CheckerTest):
    """modules.py"""

    def test_initial_parameters(self):
        self.check("initial")

    def test_linear(self):
        self.check("linear")

    def test_leaky_relu(self):
        self.check("leaky_relu")

    def test_softmax(self):
        self.check("softmax")

    def test_cross_entropy(self):
        self.check("cross_entropy")

    def test_matrix_operations(self):
        tasks, said = report()
        if not tasks:
            self.fail(said)
        self.assertEqual("passed", tasks["matrix_operations"]["status"], tasks["matrix_operations"]["message"])


class NetworkTest(CheckerTest):
    """mlp_numpy.py"""

    def test_mlp(self):
        self.check("mlp")


class TrainingTest(CheckerTest):
    """train_mlp_numpy.py"""

    def test_accuracy(self):
        self.check("accuracy")

    def test_flags(self):
        self.check("flags")


if __name__ == "__main__":
    unittest.main()
