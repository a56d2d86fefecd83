"""Archives as hostile input: only regular files come out, under caps, inside one folder.

``unpacking`` is the way in. ``zip_entries`` and ``tar_entries`` read the formats, ``names`` says where an entry may go,
``placing`` writes it, ``limits`` has the caps and counts while bytes come out of the decompressor.
"""

from checker.batch.archives.limits import CLASS, STUDENT, ArchiveLimits, RefusedArchiveError
from checker.batch.archives.unpacking import SUFFIXES, looks_like_archive, unpack

__all__ = ["CLASS", "STUDENT", "SUFFIXES", "ArchiveLimits", "RefusedArchiveError", "looks_like_archive", "unpack"]
