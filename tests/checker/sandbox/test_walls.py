"""What a level shows of the system around it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from checker.sandbox.isolation import Isolation
from checker.sandbox.launch import Launch, Room
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess
from checker.sandbox.restricted import Restricted
from tests.checker.sandbox.conftest import ones

Start = Callable[..., StudentProcess]


def test_files_outside_cannot_be_read(
    start: Start, tmp_path: Path, isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isolation.name == "plain":
        pytest.skip("plain does not hide files")
    canary = tmp_path / "canary"
    canary.write_text("secret")
    canary.chmod(0o644)
    monkeypatch.setenv("GRADER_SECRET", "SECRET")
    code = f"""
    import ctypes, glob, os
    def closed(name):
        try:
            open(f"/proc/self/{{name}}").close()
        except PermissionError:
            return True
        return False
    def f(x):
        hidden = [{str(canary)!r}, "/etc/passwd", "/root/.bashrc", "/proc/1/root/etc/passwd", "/dev/shm", "/home"]
        for path in hidden:
            try:
                open(path).close() if not os.path.isdir(path) else os.listdir(path)
            except OSError:
                continue
            raise AssertionError(path)
        try:
            environment = open("/proc/1/environ").read()
        except OSError:
            environment = ""
        assert "SECRET" not in environment
        assert not os.access("/proc/sys/kernel/core_pattern", os.W_OK)
        for top in ("/", "/submission", "/grader", "/packages", "/dev"):
            try:
                open(os.path.join(top, "new"), "w").close()
            except OSError:
                continue
            raise AssertionError(top)
        try:
            assert os.listdir("/etc") in ([], ["ld.so.cache"])
        except PermissionError:
            pass
        assert os.getuid() != 0 and os.getgid() != 0 and os.getgroups() in ([], [os.getgid()], [65534])
        libc = ctypes.CDLL(None)
        assert libc.prctl(39, 0, 0, 0, 0) == 1 and libc.prctl(21, 0, 0, 0, 0) == 2
        held = (ctypes.c_uint32 * 6)()
        assert libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), held) == 0 and not any(held)
        try:
            seen = [name for name in os.listdir("/proc") if name.isdigit()]
        except PermissionError:
            seen = []
        assert seen == []
        for name in ("mountinfo", "cmdline", "status"):
            assert not os.path.exists(f"/proc/self/{{name}}") or closed(name)
        assert glob.glob("/usr/lib/python3*/*-packages/*") == []
        return x
    """
    assert start(code).ask("one", ["hw"], [ones()]).answers[0].fault is None


def test_the_disk_is_limited(start: Start, isolation: Isolation) -> None:
    code = """
    import os, tempfile
    def f(x):
        for number in range(10**6):
            with open(f"{tempfile.gettempdir()}/{number}", "wb") as file: file.write(bytes(1 << 20))
            if number > 40: threading.Event().wait(0.05)
    import threading
    """
    student = start(code, limits=Limits(disk=8 << 20))
    fault = student.ask("one", ["hw"], [ones()]).answers[0].fault
    assert fault is not None
    if isolation.name == "bubblewrap":
        assert fault.type == "OSError"
    else:
        assert fault.message == "the process wrote more than 8 MiB"


def test_a_command_line_names_no_mounts(start: Start, isolation: Isolation, tmp_path: Path) -> None:
    if isolation.name != "bubblewrap":
        pytest.skip("only bubblewrap mounts")
    code = """
    import glob
    def f(x):
        lines = [open(path).read() for path in glob.glob("/proc/[0-9]*/cmdline")]
        assert any("--args" in line for line in lines) and not any("/submission" in line for line in lines), lines
        return x
    """
    assert start(code, limits=Limits(processes=4)).ask("one", ["hw"], [ones()]).answers[0].fault is None


def test_two_processes_are_different_users(start: Start, isolation: Isolation) -> None:
    if isolation.name == "plain":
        pytest.skip("plain runs as the grader's user")
    code = "import os\ndef f(x): return float(os.getuid())"
    users = set()
    for _ in range(2):
        value = start(code).ask("one", ["hw"], [ones()]).answers[0].outputs["y"].array
        users.add(float(value))  # type: ignore[arg-type]
    assert len(users) == 2 or users == {65534.0}
    assert 0.0 not in users


class WithoutLandlock(Restricted):
    """As on a kernel without Landlock."""

    def launch(self, room: Room) -> Launch:
        return replace(super().launch(room), readable=(), listable=(), writable=())


def test_without_landlock_other_students_and_closed_files_stay_closed(
    tmp_path: Path, isolation: Isolation, start: Start
) -> None:
    """File permissions alone keep a process from the folders of another one and from what is root's."""
    if isolation.name != "restricted":
        pytest.skip("only restricted can lack Landlock")
    other = start("secret = 1\ndef f(x): return x")
    assert other.ask("one", ["hw"], [ones()]).answers[0].fault is None
    room = next(Path(tempfile.gettempdir()).glob("checker-process-*"))
    assert (room / "stage" / "hw.py").exists()
    closed = room.parent / "closed"
    closed.touch(mode=0o600)
    stage = tmp_path / "second"
    stage.mkdir()
    (stage / "hw.py").write_text(
        dedent(f"""
        def f(x):
            for path in ({str(room / "stage" / "hw.py")!r}, {str(room / "tmp" / "new")!r}, {str(closed)!r}):
                try:
                    open(path, "w" if path.endswith("new") else "r").close()
                except PermissionError:
                    continue
                raise AssertionError(path)
            return x
        """)
    )
    with StudentProcess(
        stage=stage,
        root="",
        driver=tmp_path / "driver.py",
        packages=["numpy"],
        limits=Limits(),
        isolation=WithoutLandlock(),
    ) as student:
        assert student.ask("one", ["hw"], [ones()]).answers[0].fault is None
    closed.unlink()
