"""Progress: a table that is redrawn at a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from checker.batch.pool import Event, Finished, Progressed
from checker.batch.store import State
from checker.report.terminal import printable

REDRAW = 0.2
_NAME, _LINE = 32, 100


class Progress:
    """A context manager. ``already`` submissions of ``total`` need no grading; times count from the first event."""

    def __init__(self, console: Console, total: int, already: int, jobs: int) -> None:
        self._console = console
        self._total = total
        self._already = already
        self._jobs = jobs
        self._done = 0
        self._failures = 0
        self._now: dict[str, str] = {}
        self._drawn = 0.0
        self._started = time.monotonic()
        # Without a thread that redraws: processes are forked while the table is shown.
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, key: str, event: Event, points: str = "") -> None:
        """Take note of an event of the submission ``key``; ``points`` is what it got, when it is finished."""
        if isinstance(event, Progressed):
            self._now[key] = event.text
            if self._live is not None and time.monotonic() - self._drawn > REDRAW:
                self._redraw()
            return
        self._now.pop(key, None)
        self._done += 1
        failed = not isinstance(event, Finished) or event.state.status != "graded"
        self._failures += failed
        if self._live is not None:
            self._redraw()
        else:
            said = _ended(event.state, points) if isinstance(event, Finished) else f"not graded: {event.reason}"
            done = f"{self._already + self._done}/{self._total}"
            self._console.print(Text(f"{done:>9}  {key:<{_NAME}}  {printable(said)[:_LINE]}"), soft_wrap=True)

    def _redraw(self) -> None:
        assert self._live is not None
        self._drawn = time.monotonic()
        self._live.update(self._picture(), refresh=True)

    def _picture(self) -> Group:
        spent = time.monotonic() - self._started
        left = self._total - self._already - self._done
        rate = self._done / spent * 60 if self._done else 0.0
        time_left = _clock(left / rate * 60) if rate else "?"
        failures = f", {self._failures} with problems" if self._failures else ""
        head = (
            f"{self._already + self._done} of {self._total} done, {left} left{failures}, "
            f"{rate:.1f} a minute, about {time_left} left"
        )
        table = Table.grid(padding=(0, 2))
        for key, text in list(self._now.items())[: self._jobs]:
            table.add_row(Text(key[:_NAME]), Text(printable(text)[: max(self._console.width - _NAME - 4, 20)]))
        bar = ProgressBar(self._total, self._already + self._done, width=60)
        return Group(Text(head), bar, table)


def _ended(state: State, points: str) -> str:
    words = points if state.status == "graded" else f"{state.status}: {' '.join(state.problems) or 'see its report'}"
    return f"{words}  ({state.seconds:.1f} s)"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"
