"""Processes that grade side by side: nothing is lost, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.batch.pool import Event, Finished, Lost, Pool, Progressed
from checker.batch.store import State

Told = Callable[[str], None]


def _state(number: int) -> State:
    return State(str(number), "handed in", "run", "graded", "sum")


def _run(work: Callable[[int, Told], State], numbers: list[int], jobs: int = 2, patience: float = 60) -> list[Event]:
    return list(Pool(work, jobs, patience).run(numbers))


def _finished(events: list[Event]) -> list[int]:
    return sorted(event.number for event in events if isinstance(event, Finished))


def test_every_number_is_finished_once() -> None:
    """With fewer processes than submissions, and with more."""
    for jobs in (1, 3, 20):
        events = _run(lambda number, told: _state(number), list(range(8)), jobs)

        assert _finished(events) == list(range(8))
        assert not [event for event in events if isinstance(event, Lost)]


def test_the_answer_and_the_way_to_it_are_told() -> None:
    """The state comes back as it was; progress comes before it."""

    def work(number: int, told: Told) -> State:
        told("linear.forward")
        return _state(number)

    events = _run(work, [5])

    assert events == [Progressed(5, ""), Progressed(5, "linear.forward"), Finished(5, _state(5))]


def test_what_is_shared_is_computed_once() -> None:
    """The processes are forks: they see what was made before."""
    made = [7]

    assert [event for event in _run(lambda number, told: _state(made[0]), [0]) if isinstance(event, Finished)] == [
        Finished(0, _state(7))
    ]


def test_a_failure_of_the_grader_is_named_after_a_second_try(tmp_path: Path) -> None:
    """Others are graded; what failed once only is graded as well."""

    def work(number: int, told: Told) -> State:
        tries = tmp_path / str(number)
        tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
        if number == 1 or (number == 2 and tries.read_text() == "x"):
            raise RuntimeError("no table to write on")
        return _state(number)

    events = _run(work, [0, 1, 2, 3])
    lost = [event for event in events if isinstance(event, Lost)]

    assert _finished(events) == [0, 2, 3]
    assert [event.number for event in lost] == [1]
    assert "no table to write on" in lost[0].reason
    assert (tmp_path / "1").read_text() == "xx"


def test_a_process_that_dies_is_replaced() -> None:
    """The submission that it was at is not graded; everybody else's is."""

    def work(number: int, told: Told) -> State:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return _state(number)

    events = _run(work, [0, 1, 2, 3], jobs=1)

    assert _finished(events) == [0, 2, 3]
    assert [event.reason for event in events if isinstance(event, Lost)] == [
        "the grader's process ended with status -9"
    ]


def test_a_process_that_hangs_is_replaced() -> None:
    """Its time is bounded."""

    def work(number: int, told: Told) -> State:
        while number == 0:
            signal.pause()
        return _state(number)

    events = _run(work, [0, 1, 2], jobs=1, patience=0.2)

    assert _finished(events) == [1, 2]
    assert [event.number for event in events if isinstance(event, Lost)] == [0]


def test_closing_early_lets_the_work_clean_up(tmp_path: Path) -> None:
    """Whoever stops listening ends the processes, which leave in order."""

    def work(number: int, told: Told) -> State:
        here = tmp_path / f"{number}"
        here.touch()
        try:
            told("begun")
            signal.pause()
        finally:
            here.unlink()
        return _state(number)

    events = Pool(work, 2, 60).run([0, 1])
    begun: set[int] = set()
    while len(begun) < 2:
        event = next(events)
        if isinstance(event, Progressed) and event.text == "begun":
            begun.add(event.number)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]
    events.close()  # type: ignore[attr-defined]

    assert list(tmp_path.iterdir()) == []


def test_workers_end_with_a_grader_that_was_killed(tmp_path: Path) -> None:
    """Nothing goes on in the background."""

    def work(number: int, told: Told) -> State:
        (tmp_path / "worker").write_text(str(os.getpid()))
        told("begun")
        signal.pause()
        return _state(number)

    reading, writing = os.pipe()
    grader = os.fork()
    if grader == 0:
        os.close(reading)
        for event in Pool(work, 1, 60).run([0]):
            if isinstance(event, Progressed) and event.text:
                os.kill(os.getpid(), signal.SIGKILL)
        os._exit(1)
    os.close(writing)
    assert os.waitstatus_to_exitcode(os.waitpid(grader, 0)[1]) == -signal.SIGKILL

    # The pipe's other end is held by the worker alone: it is closed when the worker is gone.
    assert os.read(reading, 1) == b""
    os.close(reading)


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_or_little_to_do(size: int) -> None:
    """Fewer submissions than processes."""
    assert _finished(_run(lambda number, told: _state(number), list(range(size)), 8)) == list(range(size))
