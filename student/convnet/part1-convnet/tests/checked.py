"""Runs the checker on one task of this folder and turns its report into unittest results."""

import importlib.util
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HOMEWORK = Path(__file__).resolve().parent.parent

__unittest = True  # unittest leaves the frames of such a module out of what it prints


class Checked(unittest.TestCase):
    """A task passes when all its answers are right and no rule is broken."""

    def check(self, task):
        """Fails once for every wrong answer and every broken rule, with the checker's words."""
        report, problem = _report(task)
        if report is None:
            self.fail(problem)
        for outcome in report["tasks"]:
            if not outcome["aspects"] and outcome["status"] == "forbidden":
                with self.subTest(rule=outcome["id"]):
                    self.fail(f"{outcome['title']}: {outcome['message']}")
            if outcome["id"] == task and outcome["status"] == "not started":
                self.fail(f"{task}: {outcome['message']}")
            for answer in outcome["aspects"]:
                if answer["status"] != "passed" and answer["max_points"] > 0:
                    with self.subTest(answer=answer["id"]):
                        self.fail(_message(answer))


def _report(task):
    """The checker's report on one task, or None and why there is none."""
    if importlib.util.find_spec("checker") is None:
        return None, (
            "the checker is not installed for this Python. Install it from the checker's folder with\n"
            f"    {sys.executable} -m pip install -e .\n"
            f"or run the task there: make check A=convnet TASK={task}"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [sys.executable, "-m", "checker.cli", "check", "convnet", "--task", task]
        command += ["--submission", str(HOMEWORK), "--fail-under", "100", "--report-json", str(file)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode not in (0, 1) or not file.is_file():
            return None, f"the checker did not finish:\n{run.stderr.strip() or run.stdout.strip()}"
        return json.loads(file.read_text(encoding="utf-8")), ""


def _message(answer):
    lines = [f"{answer['id']}: {answer['message']}"]
    if answer["diagnosis"]:
        lines.append(f"likely: {answer['diagnosis']}")
    case = answer["counterexample"]
    if case:
        lines.append(f"smallest input that shows it{' (' + case['note'] + ')' if case['note'] else ''}:")
        lines += [f"  {name} = {value}" for name, value in case["options"].items()]
        lines += [f"  {name}" for name, value in case["protocol"].items() if value]
        lines += [f"  {name} = {_array(array)}" for name, array in case["arrays"].items()]
        lines.append(f"  expected {case['output']} = {_array(case['expected'])}")
        if case["got"]:
            lines.append(f"  got      {case['output']} = {_array(case['got'])}")
    return "\n".join(lines)


def _array(document):
    if document["values"] is None:
        return f"an array of shape {tuple(document['shape'])}"
    return f"{document['values']}"
