"""JUnit XML: a suite per section, a case per task, for the displays of continuous integration.

Clean text holds no character that XML forbids; the library escapes the others.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from checker.batch.model import Grade
from checker.exports.details import details, printed, seen
from checker.report.model import Report, TaskOutcome
from checker.report.plain_text import one_line, shown


def document(report: Report) -> bytes:
    """One report: wrong answers are failures, what the grader failed at an error, what waits for a person skipped."""
    return _written(_suites(report), one_line(report.title), report.seconds)


def class_document(grades: Sequence[Grade], reports: Mapping[str, Report]) -> bytes:
    """A class: the suites of every submission; one without a report is a suite of one case."""
    suites = []
    for grade in grades:
        report = reports.get(grade.key)
        suites += _suites(report, f"{grade.key}.") if report is not None else [_without_report(grade)]
    return _written(suites, "class", sum(grade.seconds for grade in grades))


def _suites(report: Report, prefix: str = "") -> list[ET.Element]:
    suites = []
    for section in report.sections:
        name = f"{prefix}{report.assignment}.{section.id}"
        cases = [_case(task, name) for task in report.tasks if task.section == section.id]
        suites.append(_suite(name, cases, {"points": section.points, "max_points": section.max_points}))
    return suites


def _case(task: TaskOutcome, suite: str) -> ET.Element:
    case = ET.Element("testcase", classname=one_line(suite), name=one_line(task.id), time="0")
    case.append(_properties({"points": task.points, "max_points": task.max_points}))
    message = seen(task)
    if task.status == "manual":
        ET.SubElement(case, "skipped", message=message)
    elif task.status == "not graded":
        ET.SubElement(case, "error", message=message, type="not graded")
    elif task.status != "passed":
        failure = ET.SubElement(case, "failure", message=message or task.status, type=task.status)
        failure.text = details(task)
    if said := printed(task):
        ET.SubElement(case, "system-out").text = said
    return case


def _without_report(grade: Grade) -> ET.Element:
    name = f"{grade.key}.{grade.assignment}"
    case = ET.Element("testcase", classname=one_line(name), name="submission", time="0")
    case.append(_properties({"points": grade.points, "max_points": grade.max_points}))
    kind = "error" if grade.status == "not graded" else "failure"
    message = one_line("; ".join(grade.problems) or grade.status)
    ET.SubElement(case, kind, message=message, type=grade.status)
    return _suite(name, [case], {"points": grade.points, "max_points": grade.max_points})


def _suite(name: str, cases: Sequence[ET.Element], points: Mapping[str, float]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": one_line(name), **_counts(cases), "time": "0"})
    suite.append(_properties(points))
    suite.extend(cases)
    return suite


def _properties(values: Mapping[str, float]) -> ET.Element:
    properties = ET.Element("properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=shown(value))
    return properties


def _counts(cases: Sequence[ET.Element]) -> dict[str, str]:
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    found = {name: sum(case.find(kind) is not None for case in cases) for name, kind in kinds.items()}
    return {"tests": str(len(cases)), **{name: str(count) for name, count in found.items()}}


def _written(suites: Sequence[ET.Element], name: str, seconds: float) -> bytes:
    cases = [case for suite in suites for case in suite.iter("testcase")]
    root = ET.Element("testsuites", {"name": name, **_counts(cases), "time": f"{seconds:.3f}"})
    root.extend(suites)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"
