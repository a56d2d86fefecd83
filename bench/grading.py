"""What grading the layers of one solved ``pynet`` submission costs beside a bare run of the same calls.

Prints CPU seconds, their ratio and the wall-clock time of a whole check. CPU time is
that of the whole machine, since processes in a namespace do not report to this one: measure on a quiet machine.
"""

from __future__ import annotations

import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checker import assignment as assignments
from checker.exam import draw_exam
from checker.grading import Grader
from checker.sandbox.isolation import choose
from checker.submissions import find

ROOT = Path(__file__).resolve().parent.parent
SOLVED = ROOT / "fixtures/submissions/pynet/solved"
REPEATS = 7


def cpu_seconds() -> float:
    """Time that the machine's processors have spent in user and system mode."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split(maxsplit=4)[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _cost(action) -> float:
    before = cpu_seconds()
    action()
    return cpu_seconds() - before


def main() -> None:
    """Print the table."""
    assignment = assignments.load("pynet")
    layers = assignment.sections[0]
    tasks = [(layers, task) for task in layers.tasks]
    started = time.process_time()
    exam = draw_exam(assignment, tasks, seed=0, profile="default")
    print(f"drawing the exam           {time.process_time() - started:6.2f} CPU s")
    found = find(SOLVED, layers.files)
    for name in ("plain", "bubblewrap"):
        grader = Grader(assignment, exam, choose(name), str)
        graded = statistics.median(_cost(lambda grader=grader: grader.grade(found, tasks)) for _ in range(REPEATS))
        bare = statistics.median(bare_seconds(assignment, exam) for _ in range(REPEATS))
        print(f"grading, {name:<18}{graded:6.2f} CPU s = {graded / bare:.2f} x a bare run ({bare:.2f} CPU s)")
    started = time.monotonic()
    command = [sys.executable, "-m", "checker.cli", "check", "pynet", "--submission", str(SOLVED)]
    command += [word for task in layers.tasks for word in ("--task", task.id)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    print(f"whole check of the layers  {time.monotonic() - started:6.2f} s")


def bare_seconds(assignment: assignments.Assignment, exam) -> float:
    """CPU seconds of importing numpy and calling the solved submission on the same cases."""
    calls = {
        key.split("/")[1]: [
            {**question.case.arrays, **question.case.options, **question.case.protocol} for question in questions
        ]
        for key, questions in exam.questions.items()
    }
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps(calls))
        file.flush()
        command = [
            sys.executable,
            "-I",
            str(ROOT / "bench/bare.py"),
            file.name,
            str(assignment.driver_of(assignment.sections[0])),
            str(SOLVED / "hw3_pynet.py"),
        ]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        return _cost(lambda: subprocess.run(command, check=True, env=environment))


if __name__ == "__main__":
    main()
