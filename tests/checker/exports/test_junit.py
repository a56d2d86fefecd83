"""JUnit XML: read back by a public parser."""

from __future__ import annotations

import pytest
from junitparser import Error, Failure, JUnitXml, Properties, Skipped

from checker.exports import junit
from tests.checker.exports import samples


def _read(content: bytes) -> JUnitXml:
    return JUnitXml.fromstring(content)


def _results(document: JUnitXml) -> dict[str, list[type]]:
    return {case.name: [type(result) for result in case.result] for suite in document for case in suite}


def test_what_is_a_failure_and_what_an_error():
    """Wrong answers and broken rules fail, the grader's own fault is an error, what waits is skipped."""
    report = samples.report(*samples.report().tasks, samples.broken())

    assert _results(_read(junit.document(report))) == {
        "relu": [],
        "linear": [Failure],
        "printing": [Failure],
        "essay": [Skipped],
        "conv": [Error],
    }


def test_counts_agree():
    """On the whole and per suite."""
    report = samples.report(*samples.report().tasks, samples.broken())
    document = _read(junit.document(report))
    (suite,) = document

    for counted in (document, suite):
        assert (counted.tests, counted.failures, counted.errors, counted.skipped) == (5, 2, 1, 1)


def test_points_are_properties():
    """Of each case and each suite."""
    (suite,) = _read(junit.document(samples.report()))
    cases = {case.name: {each.name: each.value for each in case.child(Properties)} for case in suite}

    assert {each.name: each.value for each in suite.properties()} == {"points": "2.5", "max_points": "5"}
    assert cases["linear"] == {"points": "1.5", "max_points": "3"}


def test_a_class_has_suites_of_every_submission():
    """A refused one is a failure, one that the grader failed at an error."""
    refused = samples.grade("bob", 0, status="refused", problems=("a bomb",))
    lost = samples.grade("cyd", 0, status="not graded")
    document = _read(junit.class_document([samples.grade(), refused, lost], {"ada": samples.report()}))

    assert [suite.name for suite in document] == ["ada.toy.layers", "bob.toy", "cyd.toy"]
    assert [case.result[0].message for suite in list(document)[1:] for case in suite] == ["a bomb", "not graded"]
    assert (document.failures, document.errors) == (3, 1)


@pytest.mark.parametrize("field", ["message", "text"])
def test_the_reason_is_there(field):
    """In one line, and at length."""
    (suite,) = _read(junit.document(samples.report()))
    failure = next(case for case in suite if case.name == "linear").result[0]

    assert "wrong values" in getattr(failure, field)
