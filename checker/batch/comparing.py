"""``checker compare``: who gets another grade in one run than in another, and why.

Exit status: 0 all grades are the same, 1 some differ, 2 the request cannot be carried out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from checker.batch.difference import Change, Difference, difference
from checker.batch.earlier import open_run
from checker.errors import RequestError
from checker.report.model import write_atomically
from checker.report.terminal import printable

MOST_REASONS = 6
LONGEST = 240


def add_parser(commands: Any) -> None:
    """Register ``compare`` with the subparsers of the command line."""
    parser = commands.add_parser("compare", help="show whose grades differ between two runs, and why")
    parser.set_defaults(run=run)
    parser.add_argument(
        "old", type=Path, metavar="OLD", help="a folder of `checker grade --out`, or a Gradescope export with points"
    )
    parser.add_argument("new", type=Path, metavar="NEW", help="the same, later")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all differences as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the table; exit status 1 when grades differ."""
    if options.json is not None and not options.json.absolute().parent.is_dir():
        raise RequestError(f"the folder of {options.json} does not exist")
    found = difference(open_run(options.old), open_run(options.new))
    render(found, Console(highlight=False))
    if options.json is not None:
        write_atomically(options.json, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    return int(not found.empty)


def render(found: Difference, console: Console) -> None:
    """Print all that differs, a row per submission."""
    for cause in found.causes:
        console.print(_text(cause), soft_wrap=True)
    rows = (*found.changed, *found.new, *found.gone)
    if rows:
        table = Table(box=None, pad_edge=False, expand=False)
        table.add_column("submission", overflow="fold", min_width=12)
        for name in ("before", "after", "change"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("why", overflow="fold")
        for change in rows:
            table.add_row(_who(change), _points(change.old), _points(change.new), _by(change), _why(change))
        console.print(table)
    console.print(
        f"{len(found.changed)} changed, {len(found.new)} new, {len(found.gone)} gone, {found.unchanged} as before; "
        f"mean {_points(found.old_mean)} before, {_points(found.new_mean)} now",
        soft_wrap=True,
    )


def _who(change: Change) -> Text:
    names = "; ".join(name for name in change.students if name and name != change.key)
    return _text(f"{change.key} ({names})" if names and change.key else names or change.key)


def _points(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"


def _by(change: Change) -> str:
    if change.old is None:
        return "new"
    return "gone" if change.new is None else f"{change.by:+g}" if round(change.by, 6) else "0"


def _why(change: Change) -> Text:
    lines: Sequence[str] = (*change.causes, *change.reasons)
    if len(lines) > MOST_REASONS:
        more = len(lines) - MOST_REASONS + 1
        lines = (*lines[: MOST_REASONS - 1], f"and {more} more (--json FILE tells all)")
    return Text("\n").join(_text(line) for line in lines)


def _text(line: str) -> Text:
    shown = printable(line)
    return Text(shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 4]} ...")
