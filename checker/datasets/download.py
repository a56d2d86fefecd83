"""Fetch a file so that a broken connection or a killed run costs only what had not arrived."""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from checker.datasets.catalogue import Download
from checker.errors import RequestError

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much (None when that is not known)."""

ATTEMPTS = 4
PATIENCE = 20.0
"""Seconds without a byte before a connection counts as broken."""
_CHUNK = 1 << 16
_FAILURES = (urllib.error.URLError, http.client.HTTPException, OSError)


def fetch(wanted: Download, folder: Path, progress: Progress, pause: float = 1.0) -> Path:
    """The verified file in ``folder``; what arrived before a failure is kept in ``NAME.part`` and continued.

    RequestError says which address failed how.
    """
    target = folder / wanted.name
    part = target.with_name(f"{target.name}.part")
    if target.is_file() and _matches(target, wanted):
        return target
    reason = ""
    for url in wanted.urls:
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(pause * attempt)
            try:
                _continue(url, part, lambda done, total: progress(f"downloading {wanted.name}", done, total))
            except urllib.error.HTTPError as error:
                reason = f"{url}: {error.code} {error.reason}"
                if error.code < 500:
                    break
                continue
            except _FAILURES as error:
                reason = f"{url}: {getattr(error, 'reason', None) or error or type(error).__name__}"
                if _unreachable(error):
                    break
                continue
            if _matches(part, wanted):
                part.replace(target)
                return target
            part.unlink()
            reason = f"{url}: what arrived is not the published file"
    raise RequestError(reason)


def _continue(url: str, part: Path, progress: Callable[[int, int | None], None]) -> None:
    """Append what is missing, or start again when the server cannot continue."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "checker"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        # Nothing lies beyond what is here: it is complete, and if it is wrong its sum says so.
        error.close()
        return
    with response:
        continued = response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        done = have if continued else 0
        length = response.headers.get("Content-Length")
        total = done + int(length) if length is not None else None
        with part.open("ab" if continued else "wb") as file:
            progress(done, total)
            while chunk := response.read(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress(done, total)
    if total is not None and done < total:
        raise ConnectionError(f"the connection ended after {done} of {total} bytes")


def _unreachable(error: BaseException) -> bool:
    """Whether there is no way to the server at all, so that trying again soon is of no use."""
    return isinstance(error, urllib.error.URLError) and not isinstance(
        error.reason, TimeoutError | ConnectionResetError
    )


def _matches(path: Path, wanted: Download) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, wanted.sum.algorithm).hexdigest() == wanted.sum.digest
