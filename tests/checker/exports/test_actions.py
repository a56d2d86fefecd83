"""GitHub Actions: the runner sees our commands and nobody else's."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from checker.exports import actions
from tests.checker.exports import samples
from tests.checker.exports.evil import EVIL

_COMMAND = re.compile(r"::(?P<name>[^\s:]+)(?: (?P<properties>.*?))?::(?P<data>.*)")


def runner_commands(output: str) -> list[tuple[str, dict[str, str], str]]:
    """What a runner would obey: commands that begin a line, and old ones anywhere in it, unless they are stopped."""
    obeyed = []
    token = None
    for line in re.split("\r\n|\r|\n", output):
        found = _COMMAND.match(line.lstrip())
        if token is not None:
            token = None if found and found["name"] == token else token
        elif found:
            properties = dict(part.split("=", 1) for part in (found["properties"] or "").split(",") if part)
            obeyed.append((found["name"], properties, found["data"]))
            token = found["data"] if found["name"] == "stop-commands" else None
        elif "##[" in line:
            obeyed.append(("old", {}, line))
    assert token is None, "commands stay stopped for the steps that follow"
    return obeyed


def _decoded(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_annotates_lost_points_and_broken_rules():
    """With the place when the report knows one; the points as a notice."""
    fault = samples.task("relu", 0, 2, "ValueError: a, b: 100% (layers.py:12)", status="error")
    commands = runner_commands(actions.annotation_lines(samples.report(fault, samples.rule(0)), "work/src"))

    assert [name for name, _, _ in commands] == ["error", "warning", "notice", "stop-commands"]
    _, properties, data = commands[0]
    assert {name: _decoded(value) for name, value in properties.items()} == {
        "file": "work/src/layers.py",
        "line": "12",
        "title": "Relu (relu)",
    }
    assert _decoded(data) == "0 / 2, error: ValueError: a, b: 100% (layers.py:12)"


@pytest.mark.parametrize("text", EVIL.values(), ids=EVIL)
def test_students_command_nothing(text):
    """The same commands as for a harmless text."""
    expected = runner_commands(actions.annotation_lines(samples.hostile("harmless")))
    found = runner_commands(actions.annotation_lines(samples.hostile(text)))

    assert len(found) <= len(expected)
    assert {name for name, _, _ in found} <= {name for name, _, _ in expected}
    assert all(properties.keys() <= {"file", "line", "title"} for _, properties, _ in found)


def test_at_most_ten_annotations_of_a_level():
    """The last one counts the others."""
    tasks = [samples.task(f"t{n}") for n in range(25)]
    commands = runner_commands(actions.annotation_lines(samples.report(*tasks)))
    errors = [properties["title"] for name, properties, _ in commands if name == "error"]

    assert len(errors) == 10
    assert errors[-1] == "16 more tasks lost points"


def test_each_run_stops_commands_with_another_token():
    """A student cannot know it."""
    first, second = (actions.annotation_lines(samples.report()) for _ in range(2))

    assert first != second


def test_the_summary_is_a_table():
    """Read back by a parser of GitHub's Markdown."""
    rendered = MarkdownIt("commonmark").enable("table").render(actions.summary(samples.report()))

    assert "<h2>A toy</h2>" in rendered
    assert "<strong>2.5 of 5 points</strong>" in rendered
    assert rendered.count("<tr>") == 1 + 4
    assert "4 points wait for a person." in rendered


def _shape(rendered: str) -> list[str]:
    """The elements of a page, without their content."""
    return re.findall(r"</?[a-z0-9]+", rendered)


@pytest.mark.parametrize("text", [text for text in EVIL.values() if len(text) < 10_000 and text])
def test_students_add_nothing_to_the_summary(text):
    """The page has the same elements as for a harmless text; no link, no picture, no script."""
    markdown = MarkdownIt("commonmark").enable("table")
    rendered = markdown.render(actions.summary(samples.hostile(text)))
    of_class = markdown.render(actions.class_summary([samples.hostile_grade(text)]))

    assert _shape(rendered) == _shape(markdown.render(actions.summary(samples.hostile("harmless"))))
    assert _shape(of_class) == _shape(markdown.render(actions.class_summary([samples.hostile_grade("harmless")])))
    assert "href" not in rendered + of_class


def test_the_summary_stays_below_the_limit():
    """GitHub drops a larger one as a whole; what is left out is said."""
    tasks = [samples.task(f"t{n}", text="<é" * 4000) for n in range(80)]
    made = actions.summary(samples.report(*tasks))

    assert len(made.encode()) <= 1 << 20
    assert "left out" in made
