"""Documents: pages and words of a write-up. ``python -m checker.documents FILE`` prints both as JSON.

A PDF comes from a student, so it is read in a process of its own with limits on time and memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TEXT = (".txt", ".md", ".tex", ".rst")
LARGEST = 64 << 20
SECONDS = 30
MEMORY = 2 << 30


@dataclass(frozen=True)
class Extent:
    """How long a document is; ``pages`` is None for plain text. ``problem`` says why it could not be read."""

    words: int = 0
    pages: int | None = None
    problem: str = ""


def extent(path: Path) -> Extent:
    """Pages and words of a text or PDF file."""
    try:
        if path.stat().st_size > LARGEST:
            return Extent(problem=f"larger than {LARGEST >> 20} MiB")
        if path.suffix.lower() in TEXT:
            return Extent(words=len(path.read_text(encoding="utf-8", errors="replace").split()))
    except OSError as error:
        return Extent(problem=str(error.strerror))
    if path.suffix.lower() != ".pdf":
        return Extent(problem="neither a text nor a PDF")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "checker.documents", str(path)],
            capture_output=True,
            timeout=SECONDS,
            preexec_fn=_limit,
            check=True,
        )
        found = json.loads(done.stdout)
        return Extent(words=int(found["words"]), pages=int(found["pages"]))
    except subprocess.TimeoutExpired:
        return Extent(problem="a PDF that takes too long to read")
    except (subprocess.CalledProcessError, ValueError, KeyError, TypeError):
        return Extent(problem="not a readable PDF")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Print pages and words of one PDF."""
    from pypdf import PdfReader

    reader = PdfReader(sys.argv[1])
    words = sum(len((page.extract_text() or "").split()) for page in reader.pages)
    print(json.dumps({"pages": len(reader.pages), "words": words}))


if __name__ == "__main__":
    main()
