"""What the store holds is whole, or it is not there."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
import pytest

from checker.batch import store as stores
from checker.batch.store import PRINTED, REPORT, STATE, TEXT, State, Store
from checker.errors import RequestError
from checker.report.model import Report, write_atomically
from tests.checker import toy

STATE_OF_ANN = State("ann", "handed in", "run", "graded", "", ("a problem",), 1.5)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A real one, of code that prints something nasty."""
    code = toy.RIGHT.replace("return x * scale", "print('\\x1b[2J::error::hello'); return x * scale")
    return toy.grade(code, tmp_path_factory.mktemp("report"))


def test_what_is_kept_can_be_read(tmp_path: Path, report: Report) -> None:
    """By this run and by a later one."""
    with Store(tmp_path / "out") as store:
        kept = store.keep(STATE_OF_ANN, report)
    with Store(tmp_path / "out") as store:
        assert store.state("ann") == kept
        assert store.report("ann") == report
        assert store.state("bob") is None

    assert msgspec.structs.replace(kept, report="") == STATE_OF_ANN


def test_texts_steer_no_terminal(tmp_path: Path, report: Report) -> None:
    """Students' prints stand in a file of their own, with escapes spelled out."""
    with Store(tmp_path / "out") as store:
        store.keep(STATE_OF_ANN, report)

    printed = (tmp_path / "out/ann" / PRINTED).read_text()
    assert "[scale.forward]\n\\x1b[2J::error::hello" in printed
    assert "Scale forward" in (tmp_path / "out/ann" / TEXT).read_text()
    assert "\x1b" not in printed + (tmp_path / "out/ann" / TEXT).read_text()


@pytest.mark.parametrize("lost", [STATE, REPORT])
def test_a_file_that_is_gone_makes_it_nothing(tmp_path: Path, report: Report, lost: str) -> None:
    """Neither without the other."""
    with Store(tmp_path / "out") as store:
        store.keep(STATE_OF_ANN, report)
        (tmp_path / "out/ann" / lost).unlink()

        assert store.state("ann") is None


@pytest.mark.parametrize("changed", [STATE, REPORT])
def test_a_file_that_was_changed_makes_it_nothing(tmp_path: Path, report: Report, changed: str) -> None:
    """Cut off, or written by somebody else."""
    with Store(tmp_path / "out") as store:
        store.keep(STATE_OF_ANN, report)
        path = tmp_path / "out/ann" / changed
        path.write_bytes(path.read_bytes()[:-9])

        assert store.state("ann") is None


def test_killed_at_any_moment_it_is_old_new_or_nothing(tmp_path: Path, report: Report) -> None:
    """A state never vouches for files of another one: killed after each write in turn."""
    other = msgspec.structs.replace(report, points=3.25)
    moments = 0
    for moment in range(9):
        folder = tmp_path / str(moment)
        with Store(folder) as store:
            store.keep(STATE_OF_ANN, report)
        grader = os.fork()
        if grader == 0:
            _kill_at(moment, folder, other)
        status = os.waitstatus_to_exitcode(os.waitpid(grader, 0)[1])
        with Store(folder) as store:
            state = store.state("ann")
            assert state is None or (state.run, store.report("ann").points) in [("run", 5.0), ("new", 3.25)]
            assert status == -signal.SIGKILL or state is not None
        moments += status == -signal.SIGKILL
    assert moments == 4


def _kill_at(moment: int, folder: Path, report: Report) -> None:
    writes = 0

    def write(path: Path, content: bytes) -> None:
        nonlocal writes
        if writes == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        writes += 1
        write_atomically(path, content)

    with Store(folder) as store:
        stores.write_atomically = write  # type: ignore[attr-defined]
        store.keep(msgspec.structs.replace(STATE_OF_ANN, run="new"), report)
    os._exit(0)


def test_two_runs_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one is refused."""
    monkeypatch.setattr(stores, "PATIENCE", 0.0)
    with Store(tmp_path / "out"), pytest.raises(RequestError, match="another run is writing"), Store(tmp_path / "out"):
        pytest.fail("both have it")


def test_a_folder_with_other_things(tmp_path: Path) -> None:
    """Nothing is written between a person's files."""
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(RequestError, match="is not empty"), Store(tmp_path):
        pytest.fail("it was opened")


def test_a_place_that_cannot_be_written_to() -> None:
    """One sentence."""
    with pytest.raises(RequestError, match="cannot be written into /dev/null/x"), Store(Path("/dev/null/x")):
        pytest.fail("it was opened")
