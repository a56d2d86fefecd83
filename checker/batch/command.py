"""``checker grade``: all submissions of a class.

Exit status: 0 every submission has its grade, 2 the request or the grader failed somewhere, 130 stopped.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from checker import assignment as assignments
from checker.batch import listing, policy
from checker.batch.model import Grade
from checker.batch.running import Outcome, Request, run, taken_in
from checker.batch.seeds import secret_seed
from checker.batch.store import Store
from checker.choice import chosen
from checker.errors import RequestError
from checker.exam import PROFILES
from checker.report.terminal import printable
from checker.sandbox import isolation

MOST_SHOWN = 10


def add_parser(commands: Any) -> None:
    """Register ``grade`` with the subparsers of the command line."""
    parser = commands.add_parser("grade", help="grade every submission of a class")
    parser.set_defaults(run=_grade)
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="what was asked for")
    parser.add_argument(
        "submissions",
        type=Path,
        metavar="SUBMISSIONS",
        help="what the LMS gave: a folder or an archive",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where reports and grades go")
    parser.add_argument(
        "--jobs", type=_count, default=_cores(), metavar="N", help="how many at a time (default: a core each)"
    )
    parser.add_argument("--task", action="append", default=[], metavar="ID", help="grade only this task; repeatable")
    seed = parser.add_mutually_exclusive_group()
    seed.add_argument("--seed", type=int, default=0, metavar="N", help="the exam's seed (default: 0)")
    seed.add_argument("--seed-file", type=Path, metavar="FILE", help="a secret seed, made from what is in the file")
    parser.add_argument("--profile", choices=PROFILES, default="default", help="how many cases are drawn")
    parser.add_argument(
        "--isolation", metavar="NAME", help=f"one of {', '.join(isolation.names())} (default: the strongest that works)"
    )
    parser.add_argument("--roster", type=Path, metavar="CSV", help="everybody in the course")
    parser.add_argument("--course", type=Path, metavar="TOML", help="late penalties and other policies of the course")
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="keep grades that are whole (the default)")
    again.add_argument("--fresh", action="store_true", help="grade again what has a grade already")
    parser.add_argument("--only", action="append", default=[], metavar="WHO", help="grade only this one; repeatable")
    parser.add_argument("--fail-fast", action="store_true", help="stop when the grader itself fails at a submission")
    parser.add_argument(
        "--audience",
        choices=("staff", "student"),
        default="staff",
        help="student: reports without cases, too",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _grade(options: argparse.Namespace) -> int:
    notices = Console(stderr=True, highlight=False)
    # Before torch is loaded: processes can be forked only as long as no library has threads of its own.
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
    assignment = assignments.load(options.assignment)
    rules = policy.load(options.course) if options.course else policy.NONE
    request = Request(
        assignment=assignment,
        tasks=chosen(assignment, options.task),
        submissions=options.submissions,
        seed=secret_seed(options.seed_file) if options.seed_file else options.seed,
        secret=options.seed_file is not None,
        profile=options.profile,
        isolation=isolation.choose_for_untrusted(options.isolation),
        jobs=options.jobs,
        command=_command(options),
        roster=options.roster,
        only=options.only,
        fresh=options.fresh,
        fail_fast=options.fail_fast,
    )
    # Before hours of grading: the same names what stays open, once submissions are known.
    policy.validate(rules, assignment)
    _apart(options.submissions, options.out)
    with Store(options.out) as store, taken_in(request) as outcome:
        run(request, outcome, store, notices)
        grades, problems = listing.listed(store, assignment, outcome, rules, students=options.audience == "student")
    return _told(request, outcome, grades, problems, options.out)


def _apart(submissions: Path, out: Path) -> None:
    if out.resolve().is_relative_to(submissions.resolve()):
        raise RequestError(
            f"{out} lies inside {submissions}, where it would be taken for a submission: name another folder"
        )


def _command(options: argparse.Namespace) -> list[str]:
    """The command, to be typed again; without --only, --fresh and --fail-fast."""
    words = ["checker", "grade", options.assignment, str(options.submissions), "--out", str(options.out)]
    given: Mapping[str, object] = {
        "--seed-file": options.seed_file,
        "--seed": options.seed or None,
        "--profile": options.profile if options.profile != "default" else None,
        "--isolation": options.isolation,
        "--roster": options.roster,
        "--course": options.course,
        "--audience": options.audience if options.audience != "staff" else None,
    }
    words += [word for task in options.task for word in ("--task", task)]
    return words + [word for name, value in given.items() if value is not None for word in (name, str(value))]


def _told(
    request: Request, outcome: Outcome, grades: tuple[Grade, ...], problems: tuple[listing.Problem, ...], out: Path
) -> int:
    """Print what the run came to; the exit status."""
    console = Console(highlight=False)
    intake = outcome.intake
    console.print(f"{request.assignment.id}: {len(intake.submissions)} submissions ({intake.layout})")
    for status, number in listing.counts(grades).items():
        console.print(f"  {status:<12}{number:>5}")
    console.print(f"  {'graded now':<12}{outcome.graded_now:>5}")
    for problem in problems[:MOST_SHOWN]:
        about = f"{printable(problem.about)}: " if problem.about else ""
        console.print(Text(f"  {about}{printable(problem.sentence)}"), soft_wrap=True)
    if len(problems) > MOST_SHOWN:
        console.print(f"  {len(problems) - MOST_SHOWN} more problems are in {out / listing.PROBLEMS}", soft_wrap=True)
    console.print(f"grades: {out / listing.CSV}", soft_wrap=True)
    if outcome.stopped:
        print(f"checker: stopped; go on with: {shlex.join(request.command)}", file=sys.stderr)
        return 130
    return 2 if outcome.lost or any(grade.status == "not graded" for grade in grades) else 0
