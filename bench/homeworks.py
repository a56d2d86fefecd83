"""Seconds that ``checker check`` takes for each homework's solved submission, NumPy and torch sections apart."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from checker import assignment as assignments

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("NumPy", "torch")


def main() -> None:
    """Print the table, in Markdown."""
    print("| homework |", " | ".join(KINDS), "|")
    print("| --- | ---: | ---: |", flush=True)
    total = [0.0, 0.0]
    for name in assignments.names():
        spent = [_seconds(name, kind) for kind in KINDS]
        total = [whole + own for whole, own in zip(total, spent, strict=True)]
        print(f"| `{name}` |", " | ".join(f"{own:.0f} s" if own else "" for own in spent), "|", flush=True)
    print("| together |", " | ".join(f"{whole:.0f} s" for whole in total), "|")


def _seconds(name: str, kind: str) -> float:
    """Seconds for the sections of one kind, 0 when there are none; SystemExit when they lose a point."""
    assignment = assignments.load(name)
    tasks = [task for section, task in assignment.tasks() if ("torch" in section.packages) == (kind == "torch")]
    if not tasks:
        return 0.0
    command = [sys.executable, "-m", "checker.cli", "check", name]
    command += ["--submission", str(ROOT / "fixtures/submissions" / name / "solved")]
    command += [word for task in tasks for word in ("--task", task.id)]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{name} was not graded: {done.stdout.decode()}{done.stderr.decode()}")
    return time.monotonic() - started


if __name__ == "__main__":
    main()
