"""Submission metadata: the time of handing in comes from the platform, never from the clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from checker.batch.model import Student
from checker.release.submission_metadata import Metadata, read

SAMPLE = {
    "id": 123456,
    "created_at": "2018-07-01T14:22:32.365935-07:00",
    "assignment": {"due_date": "2018-07-31T23:00:00.000000-07:00", "total_points": "20.0", "late_due_date": None},
    "submission_method": "upload",
    "users": [{"email": "ada@example.org", "id": 1234, "name": "Ada Lovelace"}],
    "previous_submissions": [{"submission_time": "2017-04-06T14:24:48.087023-07:00", "score": 0.0, "results": {}}],
}


def test_reads_what_gradescope_writes(tmp_path):
    """Time in UTC, and who handed in."""
    (tmp_path / "m.json").write_text(json.dumps(SAMPLE))
    said = read(tmp_path / "m.json")

    assert said.submitted == datetime(2018, 7, 1, 21, 22, 32, 365935, UTC)
    assert said.students == (Student("Ada Lovelace", "1234", "ada@example.org"),)
    assert said.id == 123456


@pytest.mark.parametrize("content", [None, b"", b"[]", b"\xff", b'{"created_at": "yesterday"}', b'{"users": 3}'])
def test_nothing_is_known_otherwise(tmp_path, content):
    """Grading goes on; a policy says that the time is not known."""
    if content is not None:
        (tmp_path / "m.json").write_bytes(content)

    assert read(tmp_path / "m.json") == Metadata()


def test_a_time_without_a_zone_is_not_known(tmp_path):
    """It could be hours off."""
    (tmp_path / "m.json").write_text(json.dumps({**SAMPLE, "created_at": "2018-07-01T14:22:32"}))

    assert read(tmp_path / "m.json").submitted is None
