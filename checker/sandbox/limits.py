"""What a student's process may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one student process.

    Seconds are wall-clock time, watched from outside: ``import_seconds`` for importing the student's files,
    ``case_seconds`` for each step of a case, ``task_seconds`` for all cases of one call. Sizes are bytes: ``memory`` of
    address space, ``file_size`` of any file written, ``disk`` of the temporary folder, ``reply`` of one returned array,
    ``printed`` of the captured output that is kept. ``processes`` is how many processes the student's code may
    start (0: none). ``processor_seconds`` of each process end it in any case, also when nobody watches.
    """

    import_seconds: float = 20.0
    case_seconds: float = 10.0
    task_seconds: float = 30.0
    memory: int = 2 << 30
    file_size: int = 16 << 20
    disk: int = 64 << 20
    reply: int = 16 << 20
    printed: int = 16 << 10
    processes: int = 0
    processor_seconds: int = 3600
