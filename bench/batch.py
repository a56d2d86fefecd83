"""What grading a class costs: 100 submissions to the layers of ``pynet``, two at a time, under bubblewrap.

Two in five are ``solved`` ones, one in five ``naive``, the others have bugs or attack the grader. Prints memory of the
grader's processes (proportional set size) when 10 and when 100 grades are there, memory of the largest student process,
the share of the processes' time that is not spent on a submission, and, for a class of ``solved`` ones only, CPU
seconds of the whole machine for each beside a bare run of the same calls. Measure on a quiet machine.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.grading import SOLVED, bare_seconds, cpu_seconds
from checker import assignment as assignments
from checker.exam import draw_exam
from fixtures.mutants import build, mutants

ROOT = Path(__file__).resolve().parent.parent
ATTACKS = ROOT / "tests/attacks/submissions"
FILE = "hw3_pynet.py"
CLASS, ALIKE, JOBS = 100, 12, 2
FEW = 10


def main() -> None:
    """Print the figures."""
    layers = assignments.load("pynet").sections[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _mixed(folder / "mixed")
        spent, few, many, student, idle = _watched(folder / "mixed", folder / "out", layers.tasks)
        print(f"{CLASS} mixed submissions       {spent:6.1f} s, {JOBS} at a time")
        print(f"memory of the grader       {few:6.0f} MB after {FEW} grades, {many:.0f} MB after {CLASS}")
        print(f"largest student process    {student:6.0f} MB")
        print(f"time not spent on grading  {100 * idle:6.1f} % of the processes' time, the exam's drawing aside")
        print(f"each honest solved one     {_each(folder, layers):6.2f} CPU s above a bare run of its calls")


def _mixed(folder: Path) -> None:
    folder.mkdir()
    naive = SOLVED.parent / "naive"
    bugs = [mutant for mutant in mutants("pynet") if all(edit.file == FILE for edit in mutant.edits)]
    attacks = sorted(ATTACKS.glob("*.py"))
    for number in range(CLASS):
        place = folder / f"student-{number:03}"
        if number % 5 in (0, 2):
            shutil.copytree(SOLVED, place)
        elif number % 5 == 1:
            shutil.copytree(naive, place)
        elif number % 5 == 3:
            build(bugs[number // 5 * 3 % len(bugs)], place)
        else:
            place.mkdir()
            shutil.copyfile(attacks[number // 5 * 3 % len(attacks)], place / FILE)


def _start(submissions: Path, out: Path, tasks) -> subprocess.Popen:
    command = [sys.executable, "-m", "checker.cli", "grade", "pynet", str(submissions), "--out", str(out)]
    command += ["--jobs", str(JOBS), "--isolation", "bubblewrap"]
    command += [word for task in tasks for word in ("--task", task.id)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _watched(submissions: Path, out: Path, tasks) -> tuple[float, float, float, float, float]:
    """Seconds, the grader's megabytes with few and with all grades, the largest student's, the idle share."""
    started, first, last = time.monotonic(), 0.0, 0.0
    few = many = student = 0.0
    run = _start(submissions, out, tasks)
    while run.poll() is None:
        done = len(list(out.glob("*/state.json")))
        family = list(_family(run.pid))
        grader = sum(size for size, own in family if own)
        student = max([student, *(size for size, own in family if not own)])
        if done:
            first = first or time.monotonic()
            last = time.monotonic()
        few = grader if done <= FEW else few
        many = grader if few and done > FEW else many
        time.sleep(0.2)
    if run.returncode not in (0, 2):
        raise SystemExit(f"checker grade ended with status {run.returncode}")
    states = [json.loads(path.read_bytes()) for path in out.glob("*/state.json")]
    spent = sum(state["seconds"] for state in states)
    begun = first - max(state["seconds"] for state in states[:JOBS])
    return time.monotonic() - started, few, many, student, 1 - spent / (JOBS * (last - begun))


def _family(pid: int) -> Iterator[tuple[float, bool]]:
    """Megabytes of each process below one, and whether it is the grader's own."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        sizes = dict(line.split(":") for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
        yield int(sizes["Pss"].split()[0]) / 1024, b"checker.cli" in words
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _family(int(child))
    except (OSError, KeyError, ValueError):
        return


def _each(folder: Path, layers) -> float:
    """CPU seconds for each solved submission above its bare run: a class of them against an empty one's costs."""
    costs = []
    for number in (1, ALIKE + 1):
        submissions = folder / f"alike-{number}"
        for one in range(number):
            shutil.copytree(SOLVED, submissions / f"student-{one:03}")
        before = cpu_seconds()
        _start(submissions, folder / f"out-{number}", layers.tasks).wait()
        costs.append(cpu_seconds() - before)
    assignment = assignments.load("pynet")
    exam = draw_exam(assignment, [(layers, task) for task in layers.tasks], seed=0, profile="default")
    return (costs[1] - costs[0]) / ALIKE - bare_seconds(assignment, exam)


if __name__ == "__main__":
    main()
