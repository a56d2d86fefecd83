"""``checker data``: prepare data sets, or list them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from checker.datasets.cache import cache_folder, prepared
from checker.datasets.catalogue import CATALOGUE
from checker.datasets.preparation import prepare
from checker.datasets.small import small
from checker.errors import RequestError


def add_parser(commands: Any) -> None:
    """Register ``data`` with the subparsers of the command line."""
    parser = commands.add_parser("data", help="prepare the data sets that training is graded with")
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{' or '.join(CATALOGUE)} (default: all)")
    parser.add_argument(
        "--source", type=Path, metavar="FOLDER", help="a folder with the files (or their archive): packed or unpacked"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="where to put them (default: $CHECKER_DATA or the user's cache folder)",
    )
    parser.add_argument("--list", action="store_true", help="say what is prepared, and change nothing")


def run(options: argparse.Namespace) -> int:
    """Exit status 0 when all sets asked for are ready; RequestError names those that are not."""
    for name in options.names:
        if name not in CATALOGUE:
            raise RequestError(f"there is no data set {name!r}: there are {' and '.join(CATALOGUE)}")
    if options.source is not None and not options.source.exists():
        raise RequestError(f"there is no folder {options.source}")
    cache = (options.cache or cache_folder()).absolute()
    names = list(dict.fromkeys(options.names)) or list(CATALOGUE)
    if options.list:
        _list(names, cache)
        return 0
    problems = []
    notices = Console(stderr=True, highlight=False)
    for name in names:
        try:
            with _shown(notices) as progress:
                ready = prepare(CATALOGUE[name], cache, options.source, partial(_tell, notices), progress)
        except RequestError as error:
            problems.append(str(error))
            continue
        print(f"{name}: ready in {cache / name} (version {ready.version}, from {ready.source})")
    if problems:
        raise RequestError("; ".join(problems))
    return 0


def _list(names: list[str], cache: Path) -> None:
    for name in names:
        title, ready, little = CATALOGUE[name].title, prepared(name, cache), small(name)
        state = f"from {ready.source}, version {ready.version}" if ready else f"not in {cache}: `checker data {name}`"
        print(f"{name}: {title}, {state}")
        print(f"  small: {len(little.train)} + {len(little.test)} images, version {little.version}")


def _tell(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True, markup=False)


@contextmanager
def _shown(console: Console) -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar for each thing that is done; without a terminal, one line when it begins."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:

        def progress(what: str, done: int, total: int | None) -> None:
            if what not in bars:
                bars[what] = shown.add_task(what, total=total)
                if not console.is_terminal:
                    _tell(console, what)
            shown.update(bars[what], completed=done, total=total)

        yield progress
