"""What only the grader's user can reach is shown to others, and nothing else of where it lies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from checker.sandbox import landlock
from checker.sandbox.mirror import enterable, python_home, reachable, shown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="for Linux")


def test_what_everybody_can_reach_stays_where_it_is() -> None:
    assert reachable(Path("/usr/lib")) and shown(Path("/usr/lib")) == Path("/usr/lib")


def test_what_nobody_else_can_reach_is_shown_elsewhere(tmp_path: Path) -> None:
    package = tmp_path / "closed" / "package"
    (package / "inner").mkdir(parents=True)
    (package / "module.py").write_text("answer = 1\n")
    (package / "inner" / "secretive.py").write_text("answer = 2\n")
    (package / "inner" / "secretive.py").chmod(0o600)
    (tmp_path / "closed").chmod(0o700)
    assert not enterable(package.parent) and not reachable(package)
    there = shown(package)
    assert there != package and there.name == "package" and there == shown(package)
    assert reachable(there) and reachable(there / "inner" / "secretive.py")
    assert (there / "inner" / "secretive.py").read_text() == "answer = 2\n"
    assert (package / "inner" / "secretive.py").stat().st_mode & 0o777 == 0o600, "the original has to stay as it was"


def test_python_starts_where_everybody_can_reach_it() -> None:
    home = python_home()
    executable = home / "bin" / Path(sys._base_executable).resolve().name  # type: ignore[attr-defined]
    assert reachable(executable)
    moved = {"PYTHONHOME": str(home), "LD_LIBRARY_PATH": f"{home}/lib"} if home != Path(sys.base_prefix) else {}
    code = "import json, sqlite3, ssl, sys; print(sys.prefix)"
    done = subprocess.run(
        [executable, "-S", "-c", code], env=moved, capture_output=True, text=True, check=True, cwd="/"
    )
    assert Path(done.stdout.strip()) == home


DOMAIN = """
import ctypes, os, sys
sys.path.insert(0, sys.argv[1])
import landlock
readable = [sys.argv[2] + "/read", "/usr", "/lib", "/lib64", "/nowhere"]
ruleset = landlock.prepare(readable, [sys.argv[2] + "/list"], [sys.argv[2] + "/write"])
assert ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) == 0
landlock.enter(ruleset)
def tried(what, *arguments):
    try:
        what(*arguments)
    except PermissionError:
        return "refused"
    return "done"
os.chdir(sys.argv[2])
print(tried(open, "read/file"), tried(os.listdir, "read"), tried(open, "read/file", "a"), tried(os.unlink, "read/file"))
print(tried(os.listdir, "list"), tried(open, "list/file"))
print(tried(open, "write/new", "w"), tried(os.mkdir, "write/folder"), tried(open, "other"), tried(open, "/etc/passwd"))
"""


def test_a_domain_leaves_what_it_names(tmp_path: Path) -> None:
    if landlock.version() == 0:
        pytest.skip("this kernel has no Landlock")
    for name in ("read", "list", "write"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "other").touch()
    command = [sys.executable, "-c", DOMAIN, str(Path(landlock.__file__).parent), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert done.stdout.splitlines() == ["done done refused refused", "done refused", "done done refused refused"]
