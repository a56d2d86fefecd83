"""``checker release``: an assignment packed for a platform."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from checker import assignment as assignments
from checker.batch import policy
from checker.batch.seeds import secret_seed
from checker.errors import RequestError
from checker.exam import PROFILES
from checker.exports.gradescope import VISIBILITIES
from checker.release.gradescope_archive import archive
from checker.release.settings import Settings
from checker.report.model import write_atomically

LONGEST = 40
"""Minutes that Gradescope allows at most."""


def add_parser(commands: Any) -> None:
    """Register ``release`` with the subparsers of the command line."""
    parser = commands.add_parser("release", help="pack an assignment for a platform that grades each submission")
    parser.set_defaults(run=run)
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="what to release")
    parser.add_argument("--gradescope", action="store_true", required=True, help="as an autograder for Gradescope")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the archive, autograder.zip")
    seed = parser.add_mutually_exclusive_group()
    seed.add_argument("--seed", type=int, default=0, metavar="N", help="the exam's seed, which students may know")
    seed.add_argument("--seed-file", type=Path, metavar="FILE", help="a secret seed; students then see no cases")
    parser.add_argument("--course", type=Path, metavar="TOML", help="late penalties and other policies of the course")
    parser.add_argument("--profile", choices=PROFILES, default="default", help="how many cases are drawn")
    parser.add_argument(
        "--minutes", type=_minutes, default=10, metavar="N", help="the container's timeout (default: 10)"
    )
    parser.add_argument("--visibility", choices=VISIBILITIES, help="who sees the results (default: as Gradescope does)")
    parser.add_argument(
        "--hidden", choices=VISIBILITIES, default="after_published", help="the same for hidden tasks (after_published)"
    )


def run(options: argparse.Namespace) -> int:
    """Exit status 0 when the archive is written."""
    assignment = assignments.load(options.assignment)
    if not options.output.resolve().parent.is_dir():
        raise RequestError(f"the folder of {options.output} does not exist")
    if options.seed_file is not None:
        # Refused now rather than in front of the class.
        secret_seed(options.seed_file)
    if options.course is not None:
        for sentence in policy.validate(policy.load(options.course), assignment):
            print(f"checker: {sentence}", file=sys.stderr)
    chosen = Settings(
        assignment=assignment.id,
        profile=options.profile,
        seed=options.seed,
        secret=options.seed_file is not None,
        minutes=options.minutes,
        visibility=options.visibility,
        hidden=options.hidden,
        course=options.course is not None,
    )
    content = archive(assignment, chosen, options.seed_file, options.course)
    try:
        write_atomically(options.output, content, 0o644 if options.seed_file is None else 0o600)
    except OSError as error:
        raise RequestError(f"{options.output} cannot be written: {error.strerror}") from None
    print(f"{options.output}: {assignment.title}, {len(content) / 1e6:.1f} MB")
    print(f"autograder points: {assignment.max_points:g}; container timeout: {options.minutes} minutes")
    if options.seed_file is not None:
        print("it holds the secret seed: only the course's staff may have it")
    return 0


def _minutes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes from 1 to {LONGEST}")
    return int(text)
