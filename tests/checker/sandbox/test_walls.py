"""What a level shows of the system around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checker.sandbox.isolation import Isolation
from checker.sandbox.limits import Limits
from checker.sandbox.process import StudentProcess
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
    import glob, os
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
        assert os.listdir("/etc") in ([], ["ld.so.cache"])
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        assert all(int(status[name], 16) == 0 for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")), status
        assert int(status["NoNewPrivs"]) == 1 and int(status["Seccomp"]) == 2
        assert os.getuid() != 0 and os.getgid() != 0 and os.getgroups() in ([], [os.getgid()], [65534])
        assert len([name for name in os.listdir("/proc") if name.isdigit()]) <= 3
        assert glob.glob("/usr/lib/python3*/*-packages/*") == []
        return x
    """
    assert start(code).ask("one", ["hw"], [ones()]).answers[0].fault is None


def test_the_disk_is_limited(start: Start, isolation: Isolation) -> None:
    if isolation.name == "plain":
        pytest.skip("plain limits single files only")
    code = """
    import os
    def f(x):
        for number in range(100):
            with open(f"/tmp/{number}", "wb") as file: file.write(bytes(1 << 20))
    """
    student = start(code, limits=Limits(disk=8 << 20))
    fault = student.ask("one", ["hw"], [ones()]).answers[0].fault
    assert fault is not None and fault.type == "OSError"


def test_two_processes_are_different_users(start: Start, isolation: Isolation) -> None:
    if isolation.name == "plain":
        pytest.skip("plain runs as the grader's user")
    code = "import os\ndef f(x): return float(os.getuid())"
    users = set()
    for _ in range(2):
        value = start(code).ask("one", ["hw"], [ones()]).answers[0].outputs["y"].array
        users.add(float(value))  # type: ignore[arg-type]
    assert len(users) == 2 or users == {65534.0}
