"""Archive: a zip file with the same bytes for the same contents."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Entry:
    """A regular file and its permissions."""

    content: bytes
    mode: int = 0o644


def packed(entries: Mapping[str, Entry]) -> bytes:
    """The archive, its entries in the order of their names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entry in sorted(entries.items()):
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, or the permissions are not read
            info.external_attr = (stat.S_IFREG | entry.mode) << 16
            archive.writestr(info, entry.content)
    return file.getvalue()
