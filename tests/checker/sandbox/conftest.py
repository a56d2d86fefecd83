"""A student process on files written by the test, under every level of isolation."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from checker.errors import RequestError
from checker.operator import Case
from checker.sandbox.answer import Answer, Answers
from checker.sandbox.isolation import Isolation, choose, names
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess

DRIVER = """
def one(hw, case):
    yield "y", hw.f(case.x)

def three(hw, case):
    yield ("a", "b", "c"), hw.f(case.x)

def both(hw, case):
    yield "y", hw.f(case.x)
    yield "x.grad", hw.g(case.x)

def whole(hw, case):
    yield "y", hw.f(case)

def loaded(hw, case):
    yield "y", hw.value
"""

Start = Callable[..., StudentProcess]


@pytest.fixture(params=names())
def isolation(request: pytest.FixtureRequest) -> Isolation:
    """Every level that works here; in continuous integration all have to, but for the one that is for root alone."""
    try:
        return choose(request.param)
    except RequestError as error:
        if os.environ.get("CI") == "true" and (request.param != "restricted" or os.geteuid() == 0):
            raise
        pytest.skip(str(error))


@pytest.fixture
def start(tmp_path: Path, isolation: Isolation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a student process on ``hw.py`` or on several files; afterwards nothing of it may be left."""
    # Not below tmp_path, which may be too long for the sockets of a notebook's kernel.
    temporary = Path(tempfile.mkdtemp(prefix="tests-"))
    # As /tmp is: other users can enter.
    temporary.chmod(0o711)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    started: list[StudentProcess] = []

    def go(
        files: str | Mapping[str, str],
        limits: Limits | None = None,
        root: str = "",
        driver: str = DRIVER,
        packages: tuple[str, ...] = ("numpy",),
    ) -> StudentProcess:
        stage = tmp_path / "stage"
        stage.mkdir(mode=0o700, exist_ok=True)
        for name, text in ({"hw.py": files} if isinstance(files, str) else files).items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_text(dedent(text))
        (tmp_path / "driver.py").write_text(driver)
        student = StudentProcess(
            stage=stage,
            root=root,
            driver=tmp_path / "driver.py",
            packages=packages,
            limits=limits or Limits(),
            isolation=isolation,
        )
        started.append(student)
        return student

    yield go
    for student in started:
        student.close()
    assert list(temporary.iterdir()) == []
    assert processes_about(temporary) == []
    temporary.rmdir()


@pytest.fixture
def ask(start: Start) -> Callable[..., Answers]:
    """Start a student process and ask for ``f`` on some arrays of ones."""

    def go(files: str | Mapping[str, str], call: str = "one", cases: int = 1, **options: object) -> Answers:
        return start(files, **options).ask(call, ["hw"], [ones()] * cases)

    return go


@pytest.fixture
def answer(ask: Callable[..., Answers]) -> Callable[..., Answer]:
    """Start a student process and take the answer to one case."""

    def go(files: str | Mapping[str, str], call: str = "one", **options: object) -> Answer:
        return ask(files, call, **options).answers[0]

    return go


def ones() -> Case:
    """A case with one array."""
    return Case({"x": np.ones((2, 3))})


def processes_about(folder: Path) -> list[str]:
    """Command lines of processes, here or in any namespace, that name a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in command:
            found.append(command.decode(errors="replace"))
    return found
