"""``checker export``: grades and reports in the formats of other programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from checker.batch import grades_csv
from checker.batch.model import Grade
from checker.errors import RequestError
from checker.exports import actions, canvas, classroom, gradescope, junit, moodle
from checker.exports.canvas import Filled
from checker.exports.graded import read_document, read_grades, read_report
from checker.report.audience import for_student
from checker.report.model import Report, write_atomically

ONE_REPORT: Mapping[str, Callable[[Report], bytes]] = {
    "gradescope": lambda report: gradescope.encode(gradescope.results(report)),
    "classroom": lambda report: classroom.outputs(report).encode(),
    "notices": lambda report: classroom.notices(report).encode(),
    "annotations": lambda report: actions.annotation_lines(report).encode(),
    "summary": lambda report: actions.summary(report).encode(),
    "junit": junit.document,
}
CLASS = ("gradescope", "canvas", "moodle", "summary", "junit", "csv")
FORMATS = {
    "gradescope": "results.json of its autograder",
    "canvas": "the gradebook, filled",
    "moodle": "the grading worksheet, filled",
    "classroom": "results of GitHub Classroom's runners, for $GITHUB_OUTPUT",
    "notices": "what GitHub Classroom's site reads",
    "annotations": "for the log of GitHub Actions",
    "summary": "Markdown, for $GITHUB_STEP_SUMMARY",
    "junit": "JUnit XML",
    "csv": "a row per person",
}


def add_parser(commands: Any) -> None:
    """Register ``export`` with the subparsers of the command line."""
    parser = commands.add_parser(
        "export",
        help="write grades for a learning platform, or a report for continuous integration",
        description="; ".join(f"{name}: {text}" for name, text in FORMATS.items()),
    )
    parser.set_defaults(run=run)
    parser.add_argument("format", choices=FORMATS, metavar="FORMAT", help=" | ".join(FORMATS))
    parser.add_argument("grades", nargs="?", type=Path, metavar="DIR", help="what `checker grade` wrote")
    parser.add_argument("--report", type=Path, metavar="FILE", help="one report instead of a class's grades")
    parser.add_argument(
        "--gradebook", type=Path, metavar="FILE", help="what canvas or moodle exported; it is filled, not changed"
    )
    parser.add_argument("--column", metavar="NAME", help="canvas: the column to fill, by header, title or id")
    parser.add_argument(
        "--columns",
        metavar="NAME=HEADER,...",
        help=f"moodle: headers in another language, or their positions ({', '.join(moodle.ENGLISH)})",
    )
    parser.add_argument(
        "--source", default="", metavar="DIR", help="annotations: where the files lie in the repository"
    )
    parser.add_argument(
        "--audience",
        choices=("student", "staff"),
        default="student",
        help="of a hidden exam: student shows no cases (default), staff all",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write (default: standard output; gradescope: a folder)"
    )


def run(options: argparse.Namespace) -> int:
    """Exit status 0 when everything was written, with a line on standard error for whoever was left out."""
    if (options.grades is None) == (options.report is None):
        raise RequestError("name what to export: either the folder of `checker grade` or one report by --report")
    if (options.format in ("canvas", "moodle")) != (options.gradebook is not None):
        raise RequestError("--gradebook FILE goes with canvas and moodle, and both need it")
    if options.output is not None and not options.output.resolve().parent.is_dir():
        raise RequestError(f"the folder of {options.output} does not exist")
    if options.report is not None:
        _write(_one_report(options), options.output)
    elif options.format == "gradescope":
        _gradescope(options)
    else:
        _write(_class(options), options.output)
    return 0


def _one_report(options: argparse.Namespace) -> bytes:
    if options.format not in ONE_REPORT:
        raise RequestError(f"{options.format} is made of a class's grades: name the folder of `checker grade`")
    report = _for(options, read_document(options.report))
    if options.format == "annotations":
        return actions.annotation_lines(report, options.source).encode()
    return ONE_REPORT[options.format](report)


def _class(options: argparse.Namespace) -> bytes:
    if options.format not in CLASS:
        raise RequestError(f"{options.format} is made of one report: name it by --report")
    grades = read_grades(options.grades)
    if options.format == "csv":
        return grades_csv.document(grades).encode()
    if options.format == "summary":
        return actions.class_summary(grades).encode()
    if options.format == "junit":
        return junit.class_document(grades, _reports(options, grades))
    if _same_file(options.output, options.gradebook):
        raise RequestError("--output is the gradebook itself: name another file, so that the exported one stays")
    if options.format == "canvas":
        return _tell(canvas.fill(options.gradebook, grades, options.column))
    return _tell(moodle.fill(options.gradebook, grades, _columns(options.columns)))


def _gradescope(options: argparse.Namespace) -> None:
    if options.output is None:
        raise RequestError("name a folder by --output: each submission gets its results.json there")
    grades = read_grades(options.grades)
    reports = _reports(options, grades)
    for grade in grades:
        report = reports.get(grade.key)
        made = gradescope.results(report, grade) if report is not None else gradescope.refused(grade)
        folder = options.output / grade.key
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(f"{folder} cannot be made: {error.strerror}") from None
        _write(gradescope.encode(made), folder / "results.json")


def _reports(options: argparse.Namespace, grades: tuple[Grade, ...]) -> dict[str, Report]:
    reports = {}
    for grade in grades:
        report = read_report(options.grades, grade.key)
        if report is not None:
            reports[grade.key] = _for(options, report)
        elif grade.status == "graded":
            raise RequestError(f"the report of {grade.key} is missing in {options.grades}: run `checker grade` again")
    return reports


def _for(options: argparse.Namespace, report: Report) -> Report:
    # A report without a seed is one of a hidden exam.
    hidden = report.seed is None and report.audience != "student"
    return for_student(report) if hidden and options.audience == "student" else report


def _columns(text: str | None) -> dict[str, str]:
    pairs = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    if wrong := next((name for name, equals, _ in pairs if not equals), None):
        raise RequestError(f"--columns has {wrong!r} where NAME=HEADER is expected, such as grade=Bewertung")
    return {name.strip(): header.strip() for name, _, header in pairs}


def _tell(filled: Filled) -> bytes:
    for problem in filled.problems:
        print(problem, file=sys.stderr)
    print(f"{filled.rows} rows filled", file=sys.stderr)
    return filled.content


def _same_file(output: Path | None, gradebook: Path) -> bool:
    return output is not None and output.exists() and gradebook.exists() and output.samefile(gradebook)


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        write_atomically(output, content)
    except OSError as error:
        raise RequestError(f"{output} cannot be written: {error.strerror}") from None
