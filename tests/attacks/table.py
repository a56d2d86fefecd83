"""Write docs/attacks.md: ``python -m tests.attacks.table`` runs every attack under every level that works here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.report.model import write_atomically
from checker.sandbox import landlock
from checker.sandbox.isolation import levels, names
from tests.attacks.attack import Attack, attacks
from tests.attacks.verdict import judge

DOCUMENT = Path(__file__).parents[2] / "docs" / "attacks.md"

# What an attack of each kind tries, and what stands against it.
KINDS = {
    1: ("Read tests and answers", "They never enter the student's process, and its file system ends at its own files."),
    2: (
        "Find answers in memory",
        "Right answers are worked out in another process; this one holds the questions alone.",
    ),
    3: ("Patch the judge", "Outputs are compared in another process, from raw bytes."),
    4: (
        "Return objects that lie",
        "Only type, shape and buffer of an exact array travel; the grader checks all three.",
    ),
    5: ("Leave early", "An answer that does not come is an error, whatever the exit status."),
    6: ("Forge results", "Replies can only hold arrays; the report is written elsewhere, after the process has ended."),
    7: ("Outlive the grading", "The namespace, or all that runs as the user, is killed before the report is written."),
    8: ("Starve the machine", "Memory, processes, files, disk, prints and replies have limits."),
    9: ("Never end", "Time is watched from outside and ends with a signal that cannot be ignored."),
    10: ("Reach a network", "No interface, and no sockets."),
    11: ("Run code by unpickling", "Nothing is ever unpickled."),
    13: ("Shadow imports", "What the grader needs is loaded by path, before the submission is on the path."),
    15: ("Remember", "A process asks one submission alone, and its folders are its own."),
    16: (
        "Return stale or shared memory",
        "Right answers were never in this memory; arguments are watched for changes.",
    ),
    17: ("Memorise public cases", "The cases of a class come from a seed of its own."),
    18: ("Use forbidden libraries", "They are absent, and no other program can be started."),
    19: ("Abuse the report", "What students say is shown with its control characters spelled out."),
    20: ("Foresee random numbers", "Cases are drawn in the grader's process."),
    21: (
        "Attack the grader's machine",
        "No home, no environment, no other process in sight; no tracing and no signals.",
    ),
    22: ("Exploit tolerance", "Shape and dtype are compared before values, and NaN equals nothing."),
}

_INTRODUCTION = """# Attacks

`tests/attacks/` holds {count} hostile submissions, each a small file that says what it tries. Each is graded on a
machine with something to lose (files with secrets that everybody may read, writable folders, sockets that listen, a
process with a secret on its command line) at the same time as an honest submission. An attack is *stopped* when all of
this holds:

- its points do not exceed what its right answers are worth;
- no secret is in its report, no file of the machine has changed, no socket was reached;
- nothing of it runs, and no temporary file is left, when its report is there;
- the honest submission's report is the same, byte for byte but for times, as without it;
- it came to an end by its time limits, and its report steers no terminal.

`make attacks` runs all of them under every level that works. Hostile archives are attacked elsewhere
(`tests/checker/batch/`). What a level did not stop is named in its column.
"""


def run() -> dict[str, dict[str, str]]:
    """What each attack achieved, by its name and then by level."""
    found: dict[str, dict[str, str]] = {attack.name: {} for attack in attacks()}
    for level in levels():
        if trouble := level.trouble():
            print(f"{level.name}: {trouble}", file=sys.stderr)
            continue
        for attack in attacks():
            if level.name in attack.not_run:
                found[attack.name][level.name] = "not run"
                continue
            achieved = judge(attack, level).achieved
            found[attack.name][level.name] = ", ".join(achieved) or "stopped"
            print(f"{level.name}: {attack.name}: {found[attack.name][level.name]}", file=sys.stderr)
    return found


def document(found: Mapping[str, Mapping[str, str]], conditions: str) -> str:
    """The document with a table for each kind of attack."""
    every = attacks()
    shown = [name for name in names() if any(name in results for results in found.values())]
    lines = [_INTRODUCTION.format(count=len(every)), conditions, "", *_summary(found, shown, every)]
    for row, (title, defence) in KINDS.items():
        chosen = [attack for attack in every if attack.row == row]
        lines += ["", f"## {title}", "", defence, ""]
        lines += [f"| attack | what it tries | {' | '.join(shown)} |", f"|---|---|{'---|' * len(shown)}"]
        lines += [_line(attack, [found[attack.name].get(name, "") for name in shown]) for attack in chosen]
    return "\n".join(lines) + "\n"


def _summary(found: Mapping[str, Mapping[str, str]], shown: Sequence[str], every: Sequence[Attack]) -> list[str]:
    lines = ["| level | stopped | not stopped | not run |", "|---|---|---|---|"]
    for name in shown:
        results = [found[attack.name].get(name, "") for attack in every]
        stopped, not_run = results.count("stopped"), results.count("not run")
        lines.append(f"| {name} | {stopped} | {len(results) - stopped - not_run} | {not_run} |")
    return lines


def _line(attack: Attack, cells: Sequence[str]) -> str:
    bold = [cell if cell in ("stopped", "not run") else f"**{cell}**" for cell in cells]
    return f"| `{attack.name}` | {attack.text.replace('|', chr(92) + '|')} | {' | '.join(bold)} |"


def main() -> None:
    """Run everything and write the document."""
    user = "root" if os.geteuid() == 0 else "an ordinary user"
    version = landlock.version()
    kernel = f"Landlock {version}" if version else "no Landlock"
    conditions = (
        f"The tables are written by `python -m tests.attacks.table`, here run as {user} on a kernel with {kernel}. "
        "*Not run*: the attack would end the tests under this level."
    )
    write_atomically(DOCUMENT, document(run(), conditions).encode())


if __name__ == "__main__":
    main()
