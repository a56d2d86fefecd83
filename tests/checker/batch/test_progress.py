"""How far a run is."""

from __future__ import annotations

import io

from rich.console import Console

from checker.batch.pool import Event, Finished, Lost, Progressed
from checker.batch.progress import Progress
from checker.batch.store import State

EVENTS: list[tuple[str, Event, str]] = [
    ("ann", Progressed(0, ""), ""),
    ("bob", Progressed(1, "conv2d | \x1b[2Jloss 3"), ""),
    ("ann", Finished(0, State("ann", "", "", "graded", "", (), 2.0)), "42 / 42"),
    ("cyd", Finished(2, State("cyd", "", "", "refused", "", ("cyd.zip is no archive",), 0.5)), "0 / 42"),
    ("dan", Lost(3, "Traceback\nOSError: full"), ""),
]


def _shown(terminal: bool) -> str:
    text = io.StringIO()
    console = Console(file=text, width=100, force_terminal=terminal, color_system=None, highlight=False)
    with Progress(console, total=10, already=4, jobs=2) as progress:
        for key, event, points in EVENTS:
            progress.show(key, event, points)
    return text.getvalue()


def test_plain_lines_when_it_is_no_terminal() -> None:
    """One per submission, in order, with what became of it."""
    lines = [line.strip() for line in _shown(terminal=False).splitlines()]

    assert [line.split()[:2] for line in lines] == [["5/10", "ann"], ["6/10", "cyd"], ["7/10", "dan"]]
    assert lines[0].endswith("42 / 42  (2.0 s)")
    assert "cyd.zip is no archive" in lines[1]
    assert "not graded" in lines[2]


def test_a_table_at_a_terminal() -> None:
    """Done, left, problems, rate and time left, and who is being graded; nothing of a student's steers it."""
    shown = _shown(terminal=True)

    assert "7 of 10 done, 3 left, 2 with problems" in shown
    assert "a minute, about 0:0" in shown
    assert "bob" in shown
    assert "\\x1b[2Jloss 3" in shown
    assert "\x1b[2Jloss" not in shown
