"""Archive: the same bytes for the same contents, with permissions."""

from __future__ import annotations

import io
import stat
import zipfile

from checker.release.archive import Entry, packed


def test_reads_back():
    """Names, contents, permissions, no folders around them."""
    content = packed({"run": Entry(b"#!/bin/sh\n", 0o755), "seed.txt": Entry(b"x", 0o600), "a/b.py": Entry(b"")})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        modes = {info.filename: stat.S_IMODE(info.external_attr >> 16) for info in archive.infolist()}

        assert modes == {"a/b.py": 0o644, "run": 0o755, "seed.txt": 0o600}
        assert archive.read("run") == b"#!/bin/sh\n"
        assert archive.testzip() is None


def test_is_reproducible():
    """In whatever order the files come."""
    entries = {"b": Entry(b"2"), "a": Entry(b"1")}

    assert packed(entries) == packed(dict(reversed(entries.items())))
