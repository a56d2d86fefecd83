"""What grading a class costs: 100 submissions to the layers of ``pynet``, two at a time, under bubblewrap.

Two in five are ``solved`` ones, one in five ``naive``, the others have bugs or attack the grader. Prints memory of the
grader's processes (proportional set size, the median around 10 and around 100 grades) and the share of the processes'
time that goes to no submission while some still wait; then, for ``solved`` ones only, CPU seconds of the whole machine
for each beside a bare run of the same calls, and the memory of grader and student together. Measure on a quiet machine.
"""

from __future__ import annotations

import json
import shutil
import statistics
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
    layers, training = assignments.load("pynet").sections
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _mixed(folder / "mixed")
        spent, few, many, idle = _watched(folder / "mixed", folder / "out", layers.tasks)
        print(f"{CLASS} mixed submissions       {spent:6.1f} s, {JOBS} at a time")
        print(f"memory of the grader       {few:6.0f} MB after {FEW} grades, {many:.0f} MB after {CLASS}")
        print(f"time not spent on grading  {100 * idle:6.1f} % of the processes' time while submissions wait")
        print(f"each honest solved one     {_each(folder, layers):6.2f} CPU s above a bare run of its calls")
        print(f"grader and student         {_together(folder, layers):6.0f} MB at most, for layers in NumPy")
        print(f"grader and student         {_together(folder, training):6.0f} MB at most, for training in torch")


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


def _watched(submissions: Path, out: Path, tasks) -> tuple[float, float, float, float]:
    """Seconds, the grader's median megabytes around the first and the last ten grades, and the idle share."""
    started = time.monotonic()
    few: list[float] = []
    many: list[float] = []
    run = _start(submissions, out, tasks)
    while run.poll() is None:
        done = len(list(out.glob("*/state.json")))
        grader = sum(size for size, own in _family(run.pid) if own)
        if FEW / 2 <= done <= FEW * 3 / 2:
            few.append(grader)
        elif CLASS - FEW <= done < CLASS:
            many.append(grader)
        time.sleep(0.2)
    if run.returncode not in (0, 2):
        raise SystemExit(f"checker grade ended with status {run.returncode}")
    return time.monotonic() - started, statistics.median(few), statistics.median(many), _idle(out)


def _idle(out: Path) -> float:
    """The share of the processes' time that goes to no submission although some still wait."""
    ends = {path: path.stat().st_mtime for path in out.glob("*/state.json")}
    starts = {path: end - json.loads(path.read_bytes())["seconds"] for path, end in ends.items()}
    begun, last = min(starts.values()), max(starts.values())
    spent = sum(min(ends[path], last) - start for path, start in starts.items())
    return 1 - spent / (JOBS * (last - begun))


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
    """CPU seconds for each solved submission above its bare run: a class of them against one alone."""
    costs = []
    for number in (1, ALIKE + 1):
        before = cpu_seconds()
        _start(_alike(folder, number), folder / f"out-{number}", layers.tasks).wait()
        costs.append(cpu_seconds() - before)
    assignment = assignments.load("pynet")
    exam = draw_exam(assignment, [(layers, task) for task in layers.tasks], seed=0, profile="default")
    return (costs[1] - costs[0]) / ALIKE - bare_seconds(assignment, exam)


def _alike(folder: Path, number: int) -> Path:
    submissions = folder / f"alike-{number}"
    for one in range(number):
        shutil.copytree(SOLVED, submissions / f"student-{one:03}", dirs_exist_ok=True)
    return submissions


def _together(folder: Path, section) -> float:
    """The most megabytes that the grader's and the student's processes of one submission share out at any moment."""
    run = _start(_alike(folder, 1), folder / f"out-{section.id}", section.tasks)
    most = 0.0
    while run.poll() is None:
        most = max(most, sum(size for size, _ in _family(run.pid)))
        time.sleep(0.01)
    return most


if __name__ == "__main__":
    main()
