"""The archive for Gradescope: the scripts at its root, and all that they need."""

from __future__ import annotations

from pathlib import Path

import msgspec

from checker.assignment import Assignment
from checker.errors import RequestError
from checker.release import settings
from checker.release.archive import Entry, packed
from checker.release.contents import contents
from checker.release.pins import constraints, extras
from checker.release.settings import Settings

SCRIPTS = Path(__file__).resolve().parent / "gradescope"


def archive(assignment: Assignment, chosen: Settings, seed: Path | None = None, course: Path | None = None) -> bytes:
    """The zip file; a secret seed is in it only as the file that was named, readable to its owner alone."""
    entries = {name: Entry(path.read_bytes()) for name, path in contents(assignment).items()}
    entries |= {name: Entry(_script(name), 0o755) for name in ("setup.sh", "run_autograder")}
    entries["AUTOGRADER.md"] = Entry((SCRIPTS / "README.md").read_bytes())
    entries["constraints.txt"] = Entry(constraints().encode())
    entries["extras.txt"] = Entry(extras().encode())
    entries[settings.NAME] = Entry(msgspec.json.format(msgspec.json.encode(chosen), indent=2) + b"\n")
    for name, path in ((settings.SEED, seed), (settings.COURSE, course)):
        if path is not None:
            entries[name] = Entry(_read(path), 0o600)
    return packed(entries)


def _script(name: str) -> bytes:
    # With Windows line ends, the kernel would look for an interpreter called "bash\r".
    return (SCRIPTS / name).read_bytes().replace(b"\r\n", b"\n")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}") from None
