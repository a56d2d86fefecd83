"""A machine with something to lose: files, sockets and processes that an attack might reach, and whether it did."""

from __future__ import annotations

import hashlib
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch

from checker.sandbox import live

SOLVED = Path(__file__).parents[2] / "fixtures" / "submissions" / "pynet" / "solved" / "hw3_pynet.py"
# Above what a limit of open files lets a student's process use, so that no attack hits it by chance.
_HIGH = 400


class Machine:
    """A context manager: the folder, sockets and process are gone at its end.

    ``places`` is what attacks are told; ``temporary`` is where the grader puts its temporary folders.
    """

    def __enter__(self) -> Self:
        # Not below pytest's folders, which other users cannot enter: the canaries are to be readable to all.
        self.folder = Path(tempfile.mkdtemp(prefix="attacks-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.secret = f"SECRET-{secrets.token_hex(8)}"
        for name, text in {
            "class/alice/hw3_pynet.py": SOLVED.read_text() + f"\n# {self.secret}\n",
            "class/seed.txt": self.secret,
            "tests/expected.json": f'["{self.secret}"]',
            "home/.ssh/id_ed25519": self.secret,
            "home/.netrc": self.secret,
            "home/.bash_history": self.secret,
            "results/grades.csv": f"alice,{self.secret}\n",
            "drop/kept.txt": self.secret,
        }.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.folder / "results" / "grades.csv").chmod(0o666)
        for name in ("results", "drop"):
            (self.folder / name).chmod(0o777)
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir(mode=0o711)
        self._tcp = socket.create_server(("127.0.0.1", 0))
        port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", port))
        self._file = socket.socket(socket.AF_UNIX)
        self._file.bind(str(self.folder / "socket"))
        (self.folder / "socket").chmod(0o777)
        self._file.listen()
        name = f"attacks-{secrets.token_hex(8)}"
        self._abstract = socket.socket(socket.AF_UNIX)
        self._abstract.bind(f"\0{name}")
        self._abstract.listen()
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", "import sys; sys.stdin.read()", self.secret],
            stdin=subprocess.PIPE,
            env={"SECRET": self.secret},
        )
        self.places = {"MACHINE": str(self.folder), "PORT": str(port), "SOCKET": name}
        self._before = self._files()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._tcp, self._udp, self._file, self._abstract):
            one.close()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        shutil.rmtree(self.folder)

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        """Grade in here; afterwards the list says what was touched that should not have been."""
        touched: list[str] = []
        reader, writer = os.pipe()
        high = os.dup2(writer, _HIGH)
        os.close(writer)
        start = live.start

        def holding(*arguments: Any, pass_fds: Any = (), **options: Any) -> Any:
            return start(*arguments, pass_fds=(*pass_fds, high), **options)

        environment = patch.dict(os.environ, {"GRADER_SECRET": self.secret})
        with (
            patch.object(live, "start", holding),
            patch.object(tempfile, "tempdir", str(self.temporary)),
            environment,
        ):
            yield touched
        os.close(high)
        touched += self._running(reader)
        os.close(reader)
        if self._files() != self._before:
            touched.append("wrote files")
        if any(self.temporary.iterdir()):
            touched.append("left temporary files")
        for one, name in (
            (self._tcp, "a TCP port"),
            (self._udp, "a UDP port"),
            (self._file, "a socket file"),
            (self._abstract, "an abstract socket"),
        ):
            if select.select([one], [], [], 0)[0]:
                touched.append(f"reached {name}")
        if self._process.poll() is not None:
            touched.append("ended a process")
        if _shared_memory():
            touched.append("left shared memory")

    def _running(self, reader: int) -> list[str]:
        """Whether a student's process holds on to its end of a pipe, or knows of the temporary folder."""
        while True:
            if not select.select([reader], [], [], 20)[0]:
                return ["left a process"]
            if not os.read(reader, 1 << 16):
                break
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                text = path.read_bytes()
            except OSError:
                continue
            if str(self.temporary).encode() in text and path.parent.name != str(os.getpid()):
                return ["left a process"]
        return []

    def _files(self) -> dict[str, str]:
        found = {}
        for path in sorted(self.folder.rglob("*")):
            if path.is_relative_to(self.temporary):
                continue
            status = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = f"{status.st_mode:o} {status.st_uid} {content}"
        return found


def _shared_memory() -> bool:
    try:
        lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    except OSError:
        return False
    return any(line.split()[0] == str(0x5EC2E7) for line in lines)
