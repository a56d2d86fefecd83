"""What the student's code printed, of which the head and the tail are kept."""

from __future__ import annotations

from collections.abc import Callable

_LONGEST_LINE = 200


class Printed:
    """Collects bytes in pieces; keeps at most ``limit`` of them, and tells ``watch`` of each last whole line."""

    def __init__(self, limit: int, watch: Callable[[str], None] | None = None) -> None:
        self._watch = watch
        self._head_limit = limit // 2
        self._tail_limit = limit - limit // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0

    def add(self, data: bytes) -> None:
        """Bytes as they arrive."""
        room = self._head_limit - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if (excess := len(self._tail) - self._tail_limit) > 0:
            del self._tail[:excess]
            self._left_out += excess
        if self._watch is not None and b"\n" in data:
            line = data[: data.rindex(b"\n")].rpartition(b"\n")[2]
            self._watch(line[:_LONGEST_LINE].decode(errors="backslashreplace"))

    def text(self) -> str:
        """Head and tail, with a line between them that says how much was left out."""
        if not self._left_out:
            return (self._head + self._tail).decode(errors="backslashreplace")
        middle = f"\n... {self._left_out} bytes left out ...\n"
        return self._head.decode(errors="backslashreplace") + middle + self._tail.decode(errors="backslashreplace")
