"""A whole class is graded: nothing is lost, nothing is done twice, nobody's grade depends on others."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from checker.batch import running
from checker.batch.running import Outcome, Request, run, taken_in
from checker.batch.store import STATE, Store
from checker.errors import RequestError
from checker.report.model import Report
from checker.sandbox.isolation import choose
from tests.checker import toy

Graded = Callable[..., tuple[Outcome, Mapping[str, Report]]]
CLASS = {
    "ann": toy.RIGHT,
    "bob": toy.RIGHT.replace("return x * scale", "return +x"),
    "cyd": "def forward(x, scale)\n    return x\n",
    "dan": "import os\nos._exit(0)\n",
    "eve": "".join(f"def {name}(x, scale):\n    raise NotImplementedError\n" for name in ("forward", "backward")),
}
POINTS = {"ann": 5, "bob": 3, "cyd": 0, "dan": 0, "eve": 0}


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    """For a class of five and one broken archive, two at a time."""
    submissions, home = tmp_path / "submissions", tmp_path / "home"
    home.mkdir()
    for name, code in CLASS.items():
        (submissions / name).mkdir(parents=True)
        (submissions / name / "toy.py").write_text(code)
    (submissions / "fay.zip").write_bytes(b"PK\x03\x04 and nothing more")
    assignment = toy.assignment(home)
    return Request(
        assignment=assignment,
        tasks=assignment.tasks(),
        submissions=submissions,
        seed=3,
        secret=False,
        profile="quick",
        isolation=choose("plain"),
        jobs=2,
        command=["checker", "grade", "toy"],
    )


@pytest.fixture
def graded(tmp_path: Path) -> Graded:
    """Run a request into a folder: what came out, and the reports without their times."""

    def go(request: Request, out: str = "out") -> tuple[Outcome, Mapping[str, Report]]:
        with Store(tmp_path / out) as store, taken_in(request) as outcome:
            run(request, outcome, store, Console(file=io.StringIO()))
            reports = {key: msgspec.structs.replace(store.report(key), seconds=0) for key in outcome.states}
        return outcome, reports

    return go


def test_everybody_gets_a_report(request_: Request, graded: Graded) -> None:
    """Wrong, broken and hostile code costs its author's points only."""
    outcome, reports = graded(request_)

    assert outcome.whole
    assert {key: report.points for key, report in reports.items() if key in POINTS} == POINTS
    assert sorted(outcome.states) == sorted([*CLASS, *(set(outcome.states) - set(CLASS))])
    assert outcome.graded_now == len(CLASS) + 1


def test_a_broken_archive_is_one_sentence(request_: Request, graded: Graded) -> None:
    """In that student's report; the status says that there was nothing to grade."""
    outcome, reports = graded(request_)
    (key,) = set(outcome.states) - set(CLASS)

    assert outcome.states[key].status == "refused"
    assert reports[key].points == 0
    assert any("fay.zip" in problem for problem in reports[key].problems)


def test_the_number_of_processes_changes_nothing(request_: Request, graded: Graded) -> None:
    """The same reports, byte for byte but for times."""
    assert graded(request_)[1] == graded(replace(request_, jobs=1), "one")[1]


def test_others_change_nothing(request_: Request, graded: Graded, tmp_path: Path) -> None:
    """A submission graded alone gets the same report as among hostile ones."""
    together = graded(request_)[1]["ann"]
    (tmp_path / "alone/ann").mkdir(parents=True)
    (tmp_path / "alone/ann/toy.py").write_text(CLASS["ann"])

    assert graded(replace(request_, submissions=tmp_path / "alone"), "alone-out")[1]["ann"] == together


def test_a_second_run_grades_nothing(request_: Request, graded: Graded) -> None:
    """What is whole stays; --fresh grades it again."""
    first = graded(request_)[1]
    outcome, second = graded(request_)

    assert (outcome.graded_now, second) == (0, first)
    assert graded(replace(request_, fresh=True))[0].graded_now == len(first)


def test_what_changed_is_graded_again(request_: Request, graded: Graded) -> None:
    """One submission when that changed, all when the exam did."""
    graded(request_)
    (request_.submissions / "bob/toy.py").write_text(toy.RIGHT)
    outcome, reports = graded(request_)

    assert (outcome.graded_now, reports["bob"].points) == (1, 5)
    assert graded(replace(request_, seed=4))[0].graded_now == len(reports)


def test_killed_at_any_moment_a_run_can_be_finished(request_: Request, graded: Graded, tmp_path: Path) -> None:
    """With the grades of a run that was never killed, and nothing whole graded twice."""
    wanted = graded(request_, "undisturbed")[1]
    for finished in (0, 2):
        out = tmp_path / f"killed-{finished}"
        grader = os.fork()
        if grader == 0:
            _killed_after(finished, request_, out)
        assert os.waitstatus_to_exitcode(os.waitpid(grader, 0)[1]) == -signal.SIGKILL
        with Store(out) as store:
            whole = {key: store.state(key) for key in wanted if store.state(key) is not None}
        outcome, reports = graded(request_, out.name)

        assert len(whole) >= finished
        assert outcome.graded_now == len(wanted) - len(whole)
        assert reports == wanted
        assert {key: outcome.states[key] for key in whole} == whole


def _killed_after(finished: int, request: Request, out: Path) -> None:
    class Progress(running.Progress):
        def show(self, key: str, event: object, points: str = "") -> None:
            if len(list(out.glob(f"*/{STATE}"))) >= finished:
                os.kill(os.getpid(), signal.SIGKILL)

    running.Progress = Progress  # type: ignore[misc]
    with Store(out) as store, taken_in(request) as outcome:
        run(request, outcome, store, Console(file=io.StringIO()))
    os._exit(1)


def test_ctrl_c_keeps_what_is_whole(
    request_: Request,
    graded: Graded,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest is for the next run."""

    class Progress(running.Progress):
        def show(self, key: str, event: object, points: str = "") -> None:
            if points:
                signal.raise_signal(signal.SIGINT)

    # A process that was started in the background ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(running, "Progress", Progress)
            outcome, reports = graded(request_)
    finally:
        signal.signal(signal.SIGINT, before)
    assert outcome.stopped
    assert len(reports) == 1
    assert not outcome.whole

    outcome, reports = graded(request_)
    assert outcome.whole
    assert outcome.graded_now == len(CLASS)


def test_only_somebody(request_: Request, graded: Graded) -> None:
    """By key; a name that is nobody's is told."""
    _, reports = graded(replace(request_, only=["bob"]))

    assert list(reports) == ["bob"]
    with pytest.raises(RequestError, match="--only zoe: no submission of that name"):
        graded(replace(request_, only=["zoe"]))


def test_a_secret_seed_is_nowhere(request_: Request, graded: Graded, tmp_path: Path) -> None:
    """In no file that the run leaves."""
    seed = 987_654_321_123_456_789
    outcome, reports = graded(replace(request_, seed=seed, secret=True))

    assert outcome.whole
    assert reports["ann"].seed is None
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(written) > len(CLASS)
    assert not [path for path in written if str(seed).encode() in path.read_bytes()]


def test_a_grader_that_fails_is_told(request_: Request, graded: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is nobody's fault and nobody's 0; with --fail-fast the run ends there."""
    original = running.Examiner.grade

    def grade(self: running.Examiner, submission: running.Submission, digest: str, progress: Callable[[str], None]):  # type: ignore[no-untyped-def]
        if submission.key == "bob":
            raise OSError("the disk is full")
        return original(self, submission, digest, progress)

    monkeypatch.setattr(running.Examiner, "grade", grade)
    outcome, reports = graded(request_)
    assert "the disk is full" in outcome.lost["bob"]
    assert not outcome.whole
    assert reports["ann"].points == 5

    outcome, reports = graded(replace(request_, fail_fast=True, jobs=1), "fast")
    assert "bob" in outcome.lost
    assert len(reports) < len(CLASS)
