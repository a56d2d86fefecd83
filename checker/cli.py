"""The command line; ``checker check`` is here, the other commands are in modules of their own.

Exit status: 0 grading worked, 1 a report is below ``--fail-under``, 2 the request or the grader itself failed.
"""

from __future__ import annotations

import argparse
import io
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.status import Status

from checker import assignment as assignments
from checker import doctor, homeworks
from checker.batch import command as grade
from checker.batch import comparing
from checker.batch.opening import opened
from checker.choice import chosen
from checker.datasets import command as datasets
from checker.errors import RequestError
from checker.exam import PROFILES, draw_exam
from checker.exports import command as export
from checker.grading import Grader
from checker.release import command as release
from checker.report import terminal
from checker.report.model import Report, encode, write_atomically
from checker.sandbox import isolation
from checker.sitting import wanted
from checker.submissions import find


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"checker: {message} (see `{self.prog} --help`)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except RequestError as error:
        print(f"checker: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("checker: stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="checker", description="A reference-checked homework autograder for deep-learning courses.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    check = commands.add_parser("check", help="grade a submission and print its report")
    check.set_defaults(run=_check)
    check.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="what to grade (default: all there are)")
    check.add_argument(
        "--submission", type=Path, metavar="PATH", help="folder or archive (default: student/ASSIGNMENT)"
    )
    check.add_argument(
        "--task", action="append", default=[], metavar="ID", help="grade only this task or layer; repeatable"
    )
    check.add_argument("--profile", choices=PROFILES, default="default", help="how many cases are drawn")
    check.add_argument("--seed", type=int, default=0, metavar="N", help="the exam's seed (default: 0)")
    check.add_argument(
        "--isolation", metavar="NAME", help=f"one of {', '.join(isolation.names())} (default: the strongest that works)"
    )
    check.add_argument("--report-json", type=Path, metavar="FILE", help="write the report as JSON")
    check.add_argument("--report-svg", type=Path, metavar="FILE", help="write a picture of the printed report")
    check.add_argument(
        "--fail-under", type=_percent, metavar="PERCENT", help="exit with 1 below this share of the points"
    )
    for command in (grade, comparing, export, release, homeworks, datasets, doctor):
        command.add_parser(commands)
    return parser


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage from 0 to 100")
    return value


def _check(options: argparse.Namespace) -> int:
    names: list[str] = options.assignments or assignments.names()
    alone = [name for name in ("submission", "report_json", "report_svg", "task") if getattr(options, name)]
    if len(names) > 1 and alone:
        raise RequestError(f"--{alone[0].replace('_', '-')} goes with one assignment: name it")
    for path in (options.report_json, options.report_svg):
        if path is not None and not path.resolve().parent.is_dir():
            raise RequestError(f"the folder of {path} does not exist")
    reports = {name: _grade(name, options) for name in names}
    if len(reports) > 1:
        terminal.summary(reports, Console(highlight=False))
    if not all(report.graded for report in reports.values()):
        return 2
    return int(any(_below(report, options.fail_under) for report in reports.values()))


def _grade(name: str, options: argparse.Namespace) -> Report:
    notices = Console(stderr=True, highlight=False)
    with notices.status(f"{name}: loading") as status:
        isolated = isolation.choose(options.isolation)
        assignment = assignments.public(assignments.load(name))
        tasks = chosen(assignment, options.task)
        # A section's files may import each other, so all of them are needed for any of its tasks.
        sections = [section for section in assignment.sections if any(owner is section for owner, _ in tasks)]
        files = dict.fromkeys(file for section in sections for file in wanted(section))
        with opened(options.submission or assignment.handout, files) as submission:
            found = find(submission.folder, files, submission.archive)
            _tell(notices, status, f"{name}: drawing the exam")
            exam = draw_exam(assignment, tasks, seed=options.seed, profile=options.profile)
            _tell(notices, status, f"{name}: grading")
            grader = Grader(assignment, exam, isolated, lambda task: _rerun(name, task, options))
            report = grader.grade(found, tasks, lambda text: _show(notices, status, f"{name}: grading {text}"))
        report = msgspec.structs.replace(report, problems=(*submission.problems, *report.problems))
    console = Console(highlight=False)
    terminal.render(report, console)
    if options.report_json is not None:
        write_atomically(options.report_json, encode(report))
    if options.report_svg is not None:
        write_atomically(options.report_svg, picture(report, f"make check A={name}").encode())
    return report


def _show(notices: Console, status: Status, text: str) -> None:
    # The student's own prints pass by here while it trains: one line, nothing that steers the terminal.
    status.update(escape(terminal.printable(text)[: max(notices.width - 4, 20)]))


def _tell(notices: Console, status: Status, text: str) -> None:
    status.update(text)
    if not notices.is_terminal:
        notices.print(text)


def picture(report: Report, title: str) -> str:
    """The printed report as an SVG that stands alone (no fonts from elsewhere)."""
    console = Console(record=True, width=112, file=io.StringIO(), force_terminal=True, highlight=False)
    terminal.render(report, console)
    return re.sub(r"@font-face\s*\{.*?\}", "", console.export_svg(title=title), flags=re.DOTALL)


def _rerun(name: str, task: str, options: argparse.Namespace) -> str:
    words = ["make", "check", f"A={name}", f"TASK={task}"]
    if options.submission is not None:
        words.append(f"SUBMISSION={options.submission}")
    if options.seed:
        words.append(f"SEED={options.seed}")
    if options.profile != "default":
        words.append(f"PROFILE={options.profile}")
    return shlex.join(words)


def _below(report: Report, percent: float | None) -> bool:
    return percent is not None and report.points * 100 < percent * report.max_points


if __name__ == "__main__":
    raise SystemExit(main())
