"""What students print, raise or are called breaks no export and injects nothing into it."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from junitparser import JUnitXml

from checker.batch import grades_csv
from checker.exports import actions, canvas, classroom, gradescope, junit, moodle
from tests.checker.exports import samples
from tests.checker.exports.evil import EVIL
from tests.checker.exports.test_actions import runner_commands
from tests.checker.exports.test_canvas import GRADEBOOK
from tests.checker.exports.test_gradescope import decoded
from tests.checker.exports.test_moodle import WORKSHEET

LARGEST = 1 << 20

evil = pytest.mark.parametrize("text", EVIL.values(), ids=EVIL)


def everything(text: str) -> dict[str, bytes]:
    """Every export of a report and of a grade that hold the text."""
    report, grade = samples.hostile(text), samples.hostile_grade(text)
    return {
        "gradescope": gradescope.encode(gradescope.results(report, grade)),
        "gradescope, refused": gradescope.encode(gradescope.refused(grade)),
        "gradescope, failing": gradescope.encode(gradescope.failing(text)),
        "annotations": actions.annotation_lines(report, text).encode(),
        "summary": actions.summary(report).encode(),
        "summary of a class": actions.class_summary([grade]).encode(),
        "classroom": classroom.outputs(report).encode(),
        "notices": classroom.notices(report).encode(),
        "junit": junit.document(report),
        "junit of a class": junit.class_document([grade], {}),
        "csv": grades_csv.document([grade]).encode(),
        "feedback": moodle.feedback(grade).encode(),
    }


@evil
def test_every_export_is_small_text_that_steers_nothing(text):
    """Valid UTF-8 of bounded size without control and bidirectional characters."""
    for name, content in everything(text).items():
        steering = {char for char in content.decode() if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        assert steering <= {"\n", "\t"}, name
        assert len(content) < LARGEST, name


@evil
def test_gradescope_has_the_same_tests(text):
    """The same names of fields, scores and statuses as for a harmless text."""
    for make in (
        lambda said: gradescope.results(samples.hostile(said), samples.hostile_grade(said)),
        lambda said: gradescope.refused(samples.hostile_grade(said)),
    ):
        made, expected = decoded(make(text)), decoded(make("harmless"))

        assert made["score"] == expected["score"]
        fields = ("score", "max_score", "status", "number")
        assert [[test.get(field) for field in fields] for test in made["tests"]] == [
            [test.get(field) for field in fields] for test in expected["tests"]
        ]


@evil
def test_classroom_has_the_same_scores(text):
    """Lines, runners and scores are those of a harmless text."""

    def scores(said: str) -> list[object]:
        lines = [line.partition("=") for line in classroom.outputs(samples.hostile(said)).splitlines()]
        results = [json.loads(base64.b64decode(value)) for name, _, value in lines if name in ("earned", "missed")]
        names = [name for name, _, _ in lines]
        return [names, *[(each["max_score"], [test["score"] for test in each["tests"]]) for each in results]]

    assert scores(text) == scores("harmless")


@evil
def test_classrooms_reporter_prints_no_command(text):
    """It prints names and messages into the log as they are."""
    said = [
        f"{test.name}\n{test.message}"
        for each in classroom.results(samples.hostile(text)).values()
        for test in each.tests
    ]

    assert runner_commands("\n".join(said)) == []


@evil
def test_junit_has_the_same_cases(text):
    """Two parsers of XML read the same elements as for a harmless text."""
    made, expected = junit.document(samples.hostile(text)), junit.document(samples.hostile("harmless"))
    elements = [element.tag for element in ET.fromstring(made).iter() if element.tag != "system-out"]

    assert elements == [element.tag for element in ET.fromstring(expected).iter() if element.tag != "system-out"]
    assert [case.name for suite in JUnitXml.fromstring(made) for case in suite] == [
        case.name for suite in JUnitXml.fromstring(expected) for case in suite
    ]


@evil
def test_csv_has_one_row_and_no_formula(text):
    """Whether it is read with commas or with semicolons."""
    content = grades_csv.document([samples.hostile_grade(text)])
    rows = list(csv.reader(io.StringIO(content)))

    assert len(rows) == 2
    assert [len(row) for row in rows] == [len(grades_csv.COLUMNS)] * 2
    for cell in [*rows[1], *(cell for row in csv.reader(io.StringIO(content), delimiter=";") for cell in row)]:
        assert not re.match(r"[\s'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell) or cell.startswith("'")


@evil
def test_moodles_feedback_is_one_cell_without_tags(text, tmp_path):
    """No element but line breaks, no formula, the rest of the sheet as it was."""
    path = tmp_path / "worksheet.csv"
    path.write_bytes(WORKSHEET.encode())
    hostile = samples.grade(comment=text, problems=(text,))
    made = list(csv.reader(io.StringIO(moodle.fill(path, [hostile]).content.decode(), newline="")))
    before = list(csv.reader(io.StringIO(WORKSHEET, newline="")))

    assert not re.search(r"<(?!br>)", made[1][9])
    assert not re.match(r"[\s'\"]*[=+\-@]", made[1][9])
    made[1][4], made[1][9] = before[1][4], before[1][9]
    assert made == before


@evil
def test_names_of_a_platform_match_nobody_else(text, tmp_path):
    """Whoever is called like that fills no row of Canvas, and the sentence about it is one line."""
    path = tmp_path / "gradebook.csv"
    path.write_bytes(GRADEBOOK.encode())
    made = canvas.fill(path, [samples.hostile_grade(text)])

    assert made.content == GRADEBOOK.encode()
    assert all("\n" not in problem for problem in made.problems)
