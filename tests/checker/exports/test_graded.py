"""Graded: what `checker grade` wrote is read whole or refused with a sentence."""

from __future__ import annotations

import msgspec
import pytest

from checker.errors import RequestError
from checker.exports.graded import read_document, read_grades, read_report
from checker.report.model import encode
from tests.checker.exports import samples


def test_reads_back(tmp_path):
    """Grades and reports come back as they were; a refused submission has no report."""
    grades = (samples.grade(), samples.grade("bob"))
    (tmp_path / "grades.json").write_bytes(msgspec.json.encode(grades))
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada/report.json").write_bytes(encode(samples.report()))

    assert read_grades(tmp_path) == grades
    assert read_report(tmp_path, "ada") == samples.report()
    assert read_report(tmp_path, "bob") is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[{}]", b"\xff", b'[{"key": NaN}]'])
def test_damaged_grades_are_refused(tmp_path, content):
    """The sentence says which file and what to do."""
    (tmp_path / "grades.json").write_bytes(content)

    with pytest.raises(RequestError, match=r"grades\.json.*run it again"):
        read_grades(tmp_path)


def test_other_folders_are_refused(tmp_path):
    """A folder without grades is none of `checker grade`."""
    with pytest.raises(RequestError, match="name a folder that `checker grade` wrote"):
        read_grades(tmp_path)


def test_two_grades_of_one_submission_are_refused(tmp_path):
    """One of them would be lost."""
    (tmp_path / "grades.json").write_bytes(msgspec.json.encode([samples.grade(), samples.grade()]))

    with pytest.raises(RequestError, match="two grades for ada"):
        read_grades(tmp_path)


@pytest.mark.parametrize("key", ["..", "a/b", "../secret", "", "/etc"])
def test_keys_lead_nowhere_else(tmp_path, key):
    """A key is a folder's name."""
    with pytest.raises(RequestError, match="no folder's name"):
        read_report(tmp_path, key)


def test_a_report_alone_may_be_damaged_or_newer(tmp_path):
    """Each has its sentence."""
    path = tmp_path / "report.json"
    with pytest.raises(RequestError, match="there is no report"):
        read_document(path)
    path.write_text("[]")
    with pytest.raises(RequestError, match="is not a report"):
        read_document(path)
    path.write_bytes(encode(samples.report(schema=99)))
    with pytest.raises(RequestError, match="schema 99"):
        read_document(path)
