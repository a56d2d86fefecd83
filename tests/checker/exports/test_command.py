"""The command: every format from a graded folder or a report, and clear sentences for wrong requests."""

from __future__ import annotations

import argparse
import json

import msgspec
import pytest

from checker.errors import RequestError
from checker.exports import command
from checker.report.model import encode
from tests.checker.exports import samples
from tests.checker.exports.test_canvas import GRADEBOOK
from tests.checker.exports.test_moodle import WORKSHEET


@pytest.fixture
def graded(tmp_path):
    """A folder as `checker grade` leaves it, with a refused submission."""
    folder = tmp_path / "graded"
    (folder / "ada").mkdir(parents=True)
    refused = samples.grade("bob", 0, students=(), status="refused", problems=("a bomb",))
    (folder / "grades.json").write_bytes(msgspec.json.encode([samples.grade(), refused]))
    (folder / "ada/report.json").write_bytes(encode(samples.report()))
    return folder


@pytest.fixture
def run(capfdbinary):
    """Runs the command; returns what it wrote to standard output."""

    def call(*words) -> bytes:
        parser = argparse.ArgumentParser()
        command.add_parser(parser.add_subparsers())
        options = parser.parse_args(["export", *map(str, words)])
        assert options.run(options) == 0
        return capfdbinary.readouterr().out

    return call


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("gradescope", b"{"),
        ("classroom", b"earned="),
        ("notices", b"::notice "),
        ("annotations", b"::error "),
        ("summary", b"## "),
        ("junit", b"<?xml"),
    ],
)
def test_formats_of_a_report(run, graded, kind, begin):
    """To standard output, or into a file."""
    report = graded / "ada/report.json"
    assert run(kind, "--report", report).startswith(begin)
    run(kind, "--report", report, "--output", graded / "made")

    assert (graded / "made").read_bytes().startswith(begin)


@pytest.mark.parametrize(
    ("kind", "begin"), [("csv", b"submission,"), ("summary", b"| submission"), ("junit", b"<?xml")]
)
def test_formats_of_a_class(run, graded, kind, begin):
    """Both submissions are in."""
    made = run(kind, graded)

    assert made.startswith(begin)
    assert b"a bomb" in made.replace(b"&#46;", b".")


@pytest.mark.parametrize(("kind", "sheet"), [("canvas", GRADEBOOK), ("moodle", WORKSHEET)])
def test_gradebooks(run, graded, tmp_path, kind, sheet):
    """The exported file stays, the filled one is another."""
    path = tmp_path / "exported.csv"
    path.write_bytes(sheet.encode())
    made = run(kind, graded, "--gradebook", path)

    assert path.read_bytes() == sheet.encode()
    assert b",2.5," in made
    with pytest.raises(RequestError, match="name another file"):
        run(kind, graded, "--gradebook", path, "--output", path)


def test_results_for_each_submission(run, graded, tmp_path):
    """A folder with one file each, also for a refused one."""
    run("gradescope", graded, "--output", tmp_path / "results")
    scores = {
        key: json.loads((tmp_path / "results" / key / "results.json").read_text())["score"] for key in ("ada", "bob")
    }

    assert scores == {"ada": 2.5, "bob": 0}


@pytest.mark.parametrize("kind", ["gradescope", "junit"])
def test_a_lost_report_is_said(run, graded, tmp_path, kind):
    """It is not taken for a refused submission."""
    (graded / "ada/report.json").unlink()

    with pytest.raises(RequestError, match="the report of ada is missing"):
        run(kind, graded, "--output", tmp_path / "made")


def test_hidden_exams_show_students_no_case(run, tmp_path):
    """Unless it is for the staff."""
    (tmp_path / "report.json").write_bytes(encode(samples.report(seed=None)))

    assert b"[1, nan]" not in run("gradescope", "--report", tmp_path / "report.json")
    assert b"[1, nan]" in run("gradescope", "--report", tmp_path / "report.json", "--audience", "staff")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["csv"], "either the folder"),
        (["csv", "{graded}", "--report", "{graded}/ada/report.json"], "either the folder"),
        (["canvas", "{graded}"], "--gradebook FILE goes with"),
        (["csv", "{graded}", "--gradebook", "x"], "--gradebook FILE goes with"),
        (["csv", "--report", "{graded}/ada/report.json"], "a class's grades"),
        (["notices", "{graded}"], "name it by --report"),
        (["gradescope", "{graded}"], "name a folder by --output"),
        (["csv", "{graded}/nothing"], "name a folder that `checker grade` wrote"),
        (["csv", "{graded}", "--output", "{graded}/no/where.csv"], "does not exist"),
        (["moodle", "{graded}", "--gradebook", "{graded}/grades.json", "--columns", "grade"], "NAME=HEADER"),
    ],
)
def test_wrong_requests(run, graded, words, said):
    """Each has a sentence, and nothing is written."""
    with pytest.raises(RequestError, match=said):
        run(*(word.format(graded=graded) for word in words))
