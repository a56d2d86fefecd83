"""Choosing a level; what a package consists of; what is kept of prints."""

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
from pathlib import Path

import pytest

from checker.errors import RequestError
from checker.sandbox import packages
from checker.sandbox.bubblewrap import Bubblewrap
from checker.sandbox.errors import GraderError
from checker.sandbox.isolation import Isolation, choose, choose_for_untrusted, names
from checker.sandbox.limits import Limits
from checker.sandbox.printed import Printed
from checker.sandbox.process import StudentProcess
from checker.sandbox.restricted import Restricted
from checker.sandbox.seccomp import _AARCH64, _X86_64, program


@pytest.fixture(autouse=True)
def _forget_choices() -> None:
    choose.cache_clear()


def test_names_go_from_strong_to_weak() -> None:
    assert names() == ["bubblewrap", "restricted", "plain"]


def test_the_strongest_that_works_is_chosen() -> None:
    working = [name for name in names() if not _trouble(name)]
    assert choose(None).name == working[0]
    assert choose("plain").name == "plain"


def _trouble(name: str) -> str:
    try:
        choose(name)
    except RequestError as error:
        return str(error)
    return ""


def test_an_unknown_level_is_a_request_error() -> None:
    with pytest.raises(RequestError, match="there are: bubblewrap, restricted, plain"):
        choose("docker")


def test_without_bwrap_the_next_level_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert choose(None).name == next(name for name in names()[1:] if not _trouble(name))
    with pytest.raises(RequestError, match="install the Debian package bubblewrap" if sys.platform == "linux" else ""):
        choose("bubblewrap")


def test_a_bwrap_that_fails_is_a_request_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("bubblewrap is for Linux")
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho no namespaces here >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(broken))
    with pytest.raises(RequestError, match="no namespaces here"):
        choose("bubblewrap")
    assert choose(None).name != "bubblewrap"


def test_other_users_are_for_root_only(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("restricted is for Linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(RequestError, match="only root can run code as another user"):
        choose("restricted")


def test_restricted_needs_temporary_files_that_others_can_get_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("restricted is for root on Linux")
    tmp_path.chmod(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RequestError, match="set TMPDIR to a folder like /tmp"):
        choose("restricted")


def test_code_of_others_is_never_run_on_plain_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    for level in (Bubblewrap, Restricted):
        monkeypatch.setattr(level, "trouble", lambda self: f"no {self.name} today")
    with pytest.raises(RequestError, match=r"no bubblewrap today.*no restricted today.*--isolation plain"):
        choose_for_untrusted(None)
    assert choose_for_untrusted("plain").name == "plain"
    assert choose(None).name == "plain"


def test_code_of_others_gets_the_strongest_level() -> None:
    working = [name for name in names() if not _trouble(name)]
    if working == ["plain"]:
        pytest.skip("only plain works here")
    assert choose_for_untrusted(None).name == working[0]


def test_a_bwrap_that_vanishes_is_the_graders_fault(
    isolation: Isolation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if isolation.name != "bubblewrap":
        pytest.skip("only bubblewrap needs a program")
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / "gone"))
    (tmp_path / "stage").mkdir()
    (tmp_path / "driver.py").touch()
    with pytest.raises(GraderError, match="cannot be started"):
        StudentProcess(
            stage=tmp_path / "stage",
            root="",
            driver=tmp_path / "driver.py",
            packages=["numpy"],
            limits=Limits(),
            isolation=isolation,
        )


def test_a_package_brings_its_libraries_and_requirements() -> None:
    tops = {path.name for path in packages.entries(["numpy"])}
    assert "numpy" in tops and "torch" not in tops
    tops = {path.name for path in packages.entries(["hypothesis"])}
    assert {"hypothesis", "sortedcontainers"} <= tops and "numpy" not in tops and "pytest" not in tops


def test_an_absent_package_is_the_graders_fault() -> None:
    with pytest.raises(GraderError, match="no-such-package"):
        packages.entries(["no-such-package"])


def test_prints_keep_head_and_tail() -> None:
    printed = Printed(10)
    for piece in (b"abc", b"defgh", b"ij", b"klm"):
        printed.add(piece)
    assert printed.text() == "abcde\n... 3 bytes left out ...\nijklm"
    printed = Printed(10)
    printed.add(b"abcdefghij")
    assert printed.text() == "abcdefghij"


@pytest.mark.parametrize("system", [_X86_64, _AARCH64])
@pytest.mark.parametrize("processes", [0, 4])
def test_filter_is_well_formed(system: tuple[int, dict[str, int]], processes: int) -> None:
    code = program(*system, processes, 1234)
    assert len(code) % 8 == 0 and len(code) // 8 < 4096
    starts_processes = 221 if system is _AARCH64 else 59
    refused = {_run(code, system[0], number) for number in (starts_processes,)}
    assert refused == ({0x7FFF0000} if processes else {0x00050001})
    assert _run(code, system[0], 0) == 0x7FFF0000
    assert _run(code, 0x1234, 0) == 0x80000000
    assert _run(code, system[0], 0x40000000 + 1) == 0x00050001
    assert _run(code, system[0], 435) == 0x00050026
    clone = system[1]["clone"]
    assert _run(code, system[0], clone, 0x10000 | 17) == 0x7FFF0000
    assert _run(code, system[0], clone, 17) == (0x7FFF0000 if processes else 0x00050001)
    assert _run(code, system[0], clone, 0x10000000 | 0x10000) == 0x00050001
    assert _run(code, system[0], system[1]["prlimit64"], 0, 7, 0) == 0x7FFF0000
    assert _run(code, system[0], system[1]["prlimit64"], 0, 7, 1 << 40) == 0x00050001
    assert _run(code, system[0], system[1]["kill"], 1234) == 0x7FFF0000
    assert _run(code, system[0], system[1]["socket"], 2) == 0x00050001
    assert _run(code, system[0], system[1]["socketpair"], 1) == 0x7FFF0000
    assert _run(code, system[0], system[1]["prctl"], 1) == 0x00050001
    assert _run(code, system[0], system[1]["prctl"], 15) == 0x7FFF0000


def _run(code: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the filter answers to a call: a small interpreter of the instructions that it uses."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    accumulator = position = 0
    while True:
        operation, jump_true, jump_false, value = struct.unpack_from("=HBBI", code, 8 * position)
        position += 1
        if operation == 0x06:
            return int(value)
        if operation == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
            continue
        holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[operation]
        position += jump_true if holds else jump_false
