"""``checker doctor``: what works on this machine, and how to get more."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from rich.console import Console
from rich.text import Text

from checker.datasets.cache import cache_folder, prepared
from checker.datasets.catalogue import CATALOGUE
from checker.sandbox import landlock
from checker.sandbox.isolation import levels
from checker.sandbox.seccomp import SYSTEMS

State = Literal["works", "partly", "missing"]
_STYLES: dict[State, str] = {"works": "green", "partly": "yellow", "missing": "red"}
PACKAGES = ("checker", "numpy", "torch", "torchvision", "hypothesis")


@dataclass(frozen=True)
class Line:
    """One thing that was looked at; ``advice`` says how to get more."""

    topic: str
    name: str
    state: State
    text: str
    advice: str = ""


def add_parser(commands: Any) -> None:
    """Register ``doctor`` with the subparsers of the command line."""
    parser = commands.add_parser("doctor", help="say what works on this machine, and how to get more")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit status 0 when code of others can be graded here, 1 when only one's own can."""
    lines = [*isolation(), *data(), *versions()]
    console = Console(highlight=False)
    topic = ""
    for line in lines:
        if line.topic != topic:
            topic = line.topic
            console.print(Text(topic, style="bold"))
        shown = Text(f"  {line.name:<14} ").append(f"{line.state:<8}", _STYLES[line.state]).append(line.text)
        console.print(shown, soft_wrap=True)
        if line.advice:
            console.print(Text(f"  {'':<14} {'':<8}{line.advice}", style="dim"), soft_wrap=True)
    strong = [line.name for line in lines if line.topic == "isolation" and line.state != "missing"]
    usable = [name for name in strong if name in ("bubblewrap", "restricted")]
    console.print()
    if usable:
        console.print(Text(f"`checker grade` runs submissions under {usable[0]}."))
        return 0
    console.print(Text("`checker grade` refuses to run submissions here: no isolation works but plain."))
    return 1


def isolation() -> Iterator[Line]:
    """Every level, then what the kernel gives."""
    for level in levels():
        trouble = level.trouble()
        if trouble:
            yield Line("isolation", level.name, "missing", trouble)
        elif level.name == "restricted" and landlock.version() == 0:
            text = "own user, no capabilities, no network; files that all users can read stay readable"
            advice = (
                "a kernel with Landlock (Linux 5.13 and newer) hides them; or close the course's folders: chmod go="
            )
            yield Line("isolation", level.name, "partly", text, advice)
        elif level.name == "restricted":
            yield Line("isolation", level.name, "works", "own user, no capabilities, no network, only its own files")
        elif level.name == "plain":
            text = "limits and time-outs only, for one's own code; `grade` takes it only when asked for"
            yield Line("isolation", level.name, "partly", text)
        else:
            yield Line("isolation", level.name, "works", "own namespaces, no network, only its own files")
    yield from _kernel()


def _kernel() -> Iterator[Line]:
    if sys.platform != "linux":
        yield Line("isolation", "kernel", "missing", f"{platform.system()} has no namespaces and no system call filter")
        return
    newest = landlock.version()
    text = f"version {newest}" if newest else "not in this kernel (Linux 5.13 and newer), or turned off"
    yield Line("isolation", "Landlock", "works" if newest else "missing", text)
    known = platform.machine() in SYSTEMS
    text = "processes, sockets and tracing are refused" if known else f"there is none for {platform.machine()}"
    yield Line("isolation", "call filter", "works" if known else "missing", text)
    if program := shutil.which("bwrap"):
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        yield Line("isolation", "bwrap", "works", f"{done.stdout.strip() or 'of unknown version'}, {program}")
    if not os.access("/proc/self/ns/user", os.F_OK):
        yield Line("isolation", "namespaces", "missing", "this kernel has no user namespaces")


def data() -> Iterator[Line]:
    """Every data set: prepared, or only the small one that comes along."""
    for name in CATALOGUE:
        ready = prepared(name)
        if ready is not None:
            yield Line("data", name, "works", f"version {ready.version}, from {ready.source}")
        else:
            text = f"not in {cache_folder()}; training is graded with the small set that comes along"
            yield Line("data", name, "partly", text, f"prepare it: checker data {name}")


def versions() -> Iterator[Line]:
    """Python and the packages that decide a grade."""
    yield Line("versions", "python", "works", f"{platform.python_version()}, {sys.executable}")
    for name in PACKAGES:
        try:
            yield Line("versions", name, "works", version(name))
        except PackageNotFoundError:
            yield Line("versions", name, "missing", "not installed", "install the grader anew: pip install -e .")
