"""Contents: what grades one assignment is in, and nothing of the others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from checker import assignment as assignments
from checker.assignment import PROJECT
from checker.release.contents import contents

NAMES = assignments.names()


@pytest.mark.parametrize("name", NAMES)
def test_only_this_assignment_is_in(name):
    """No other homework's references, hand-out or submissions."""
    places = {tuple(path.split("/")[:2]) for path in contents(assignments.load(name))}

    assert {second for first, second in (each for each in places if len(each) == 2) if first == "student"} == {name}
    others = {("reference", other) for other in NAMES if other != name}
    assert not others & places
    assert ("fixtures", "submissions") not in places
    assert not [first for first, *_ in places if first in ("tests", "bench", "docs", ".git", ".venv")]


@pytest.mark.parametrize("name", NAMES)
def test_the_assignment_loads_from_what_is_in(name, tmp_path):
    """In a Python that finds nothing of the project elsewhere; its data are found, too."""
    for place, path in contents(assignments.load(name)).items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(path.read_bytes())
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from checker import assignment\n"
        "loaded = assignment.load(sys.argv[2])\n"
        "assert str(assignment.PROJECT) == sys.argv[1], assignment.PROJECT\n"
        "for section in loaded.sections:\n"
        "    assert loaded.driver_of(section).exists()\n"
        "    assert all((loaded.handout / name).exists() for name in section.provided)\n"
        "import tempfile\n"
        "for section in loaded.sections:\n"
        "    if section.data: section.data(Path(tempfile.mkdtemp(dir=sys.argv[1])))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, tmp_path, name], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr


def test_caches_stay_out():
    """Nor what an editor left."""
    assert not [name for name in contents(assignments.load(NAMES[0])) if "__pycache__" in name or name.endswith(".pyc")]


def test_everything_lies_in_the_project():
    """Under its own path."""
    assert all(path == PROJECT / name for name, path in contents(assignments.load(NAMES[0])).items())
