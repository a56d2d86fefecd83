"""One request to one student process: its frame, and the answers as the replies come in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from checker.operator import Case
from checker.sandbox import wire
from checker.sandbox.answer import Answer, Fault
from checker.sandbox.replies import End, Imported, MalformedError, Reply, Step

_CASE_OUTPUTS = 1024


def request(call: str, modules: Sequence[str], cases: Sequence[Case], steps: int | None) -> bytes:
    """The frame that asks for ``steps`` steps (None: all) of the driver function ``call`` on each case."""
    buffers = []
    described = []
    for case in cases:
        arrays = []
        size = 0
        for name, array in case.arrays.items():
            # Little-endian and C-contiguous; ascontiguousarray would make a scalar array one-dimensional.
            array = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
            arrays.append((name, array.dtype.str, array.shape))
            buffers.append(array.tobytes())
            size += array.nbytes
        described.append((size, arrays, {**case.options, **case.protocol}))
    return wire.frame({"call": call, "modules": list(modules), "steps": steps, "cases": described}, buffers)


class Round:
    """Answers to ``cases``; ``cut`` is the fault of those that are not asked for all their steps."""

    def __init__(self, modules: Sequence[str], cases: Sequence[Case], cut: Fault | None) -> None:
        self.answers: list[Answer] = []
        self.imported = 0
        self.import_fault: Fault | None = None
        self._modules = modules
        self._cases = cases
        self._cut = cut
        self._current = Answer()
        self.steps = 0

    @property
    def importing(self) -> bool:
        """Whether a module has yet to be imported."""
        return self.imported < len(self._modules)

    @property
    def finished(self) -> bool:
        """Whether every case has its answer, or none will get one."""
        return self.import_fault is not None or len(self.answers) == len(self._cases)

    def take(self, reply: Reply) -> None:
        """The next reply; MalformedError when it cannot come now."""
        if self.finished:
            raise MalformedError
        if self.importing:
            if not isinstance(reply, Imported):
                raise MalformedError
            if reply.fault is not None:
                self.import_fault = reply.fault.fault(importing=True)
            else:
                self.imported += 1
        elif isinstance(reply, Step):
            self._step(reply)
        elif isinstance(reply, End):
            if reply.cut and self._cut is None:
                raise MalformedError
            self.stop(self._cut if reply.cut else reply.fault.fault(importing=False) if reply.fault else None)
        else:
            raise MalformedError

    def stop(self, fault: Fault | None) -> None:
        """The current case ends here."""
        current = self._current
        self.answers.append(Answer(current.outputs, fault, current.changed, current.aliases))
        self._current = Answer()
        self.steps = 0

    def _step(self, reply: Step) -> None:
        current = self._current
        arrays = self._cases[len(self.answers)].arrays
        outputs = current.outputs
        new = dict(zip(reply.names, reply.values, strict=True))
        if outputs.keys() & new.keys() or len(outputs) + len(new) > _CASE_OUTPUTS:
            raise MalformedError
        if not (arrays.keys() >= {*reply.changed, *reply.aliases.values()} and new.keys() >= reply.aliases.keys()):
            raise MalformedError
        outputs.update(new)
        current.aliases.update(reply.aliases)
        if reply.changed:
            current.changed[reply.names[0]] = tuple(reply.changed)
        self.steps += 1
