"""Run a notebook cell by cell in a kernel of its own, inside the fence around the student's process.

The worker loads this file by its path where a section allows nbclient, and a driver's functions import it as
``notebook_run``. The kernel speaks through sockets in the temporary folder, because nothing else can be opened.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_PACKAGES = sys.argv[3] if len(sys.argv) > 3 else ""
_colours = re.compile(r"\x1b\[[0-9;]*m")
_line_of = re.compile(r"In ?\[\d+\], line (\d+)").search
SETUP: dict[str, str] = {}
"""Where the kernel finds what makes torchvision work ("vision") and the data ("data"): the worker's own setup."""


def read(path: Path) -> Any:
    """The notebook in a file, in the form of version 4 (a nbformat.NotebookNode)."""
    import nbformat

    read_any_version: Any = nbformat.read
    try:
        return read_any_version(path, as_version=4)
    except Exception as error:
        raise ValueError(f"{path.name} is not a Jupyter notebook: {str(error)[:200]}") from None


def code_cells(notebook: Any) -> list[Any]:
    """The cells that have code, in order; people count them from 1."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


class Kernel:
    """A running kernel; ``seconds`` is the time for all cells together."""

    def __init__(self, client: Any, seconds: float) -> None:
        self._client = client
        self._end = time.monotonic() + seconds
        self._seconds = seconds

    def run(self, notebook: Any) -> None:
        """Run all cells of the notebook that the kernel was started for, whose outputs are then the new ones.

        Raises what the first failing cell raised, with the cell's number.
        """
        for cell in code_cells(notebook):
            cell.outputs = []
        number = 0
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                number += 1
                self._run(cell, index, f"code cell {number}")

    def call(self, file: str, function: str, *arguments: str) -> None:
        """Call a function of a file with the notebook's variables (a dict) and words."""
        from nbformat import v4

        new_cell: Any = v4.new_code_cell
        text = f"__import__('runpy').run_path({file!r})[{function!r}](globals(), *{arguments!r})"
        cell = new_cell(text)
        cells = self._client.nb.cells
        cells.append(cell)
        try:
            self._run(cell, len(cells) - 1, "the grader's look at the variables")
        finally:
            cells.remove(cell)

    def _run(self, cell: Any, index: int, name: str) -> None:
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

        self._client.timeout = max(1, int(self._end - time.monotonic()))
        try:
            self._client.execute_cell(cell, index)
        except CellExecutionError as error:
            raise _as_raised(name, error.ename, error.evalue, error.traceback) from None
        except CellTimeoutError:
            raise TimeoutError(f"{name} did not end within the time for all cells, {self._seconds:g} s") from None
        except DeadKernelError:
            raise MemoryError(f"the kernel died in {name}, most likely because it used too much memory") from None


def _as_raised(name: str, kind: str, text: str, trace: Any) -> Exception:
    """An exception like the one in the cell, that names the cell and its line."""
    lines = _line_of(_colours.sub("", trace if isinstance(trace, str) else "\n".join(map(str, trace or ()))))
    where = f"{name}, line {lines[1]}" if lines else name
    message = f"{text[:400]} ({where})"
    if kind == "ModuleNotFoundError" and (missing := re.search(r"'([\w.]+)'", text)):
        return ModuleNotFoundError(message, name=missing[1])
    alike: type[Exception] = type(re.sub(r"\W", "_", kind)[:60], (Exception,), {})
    return alike(message)


@contextlib.contextmanager
def kernel(notebook: Any, seconds: float) -> Iterator[Kernel]:
    """A kernel for one notebook, gone afterwards. It works in a copy of the submission that it may write to."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner
    from nbclient import NotebookClient

    LocalProvisioner.launch_kernel = _launch  # type: ignore[method-assign]
    folder = Path(os.environ["TMPDIR"])
    manager = AsyncKernelManager(transport="ipc", connection_file=str(folder / "k.json"))
    start = [sys.executable, "-s", "-P", "-S", "-B", str(_HERE / "notebook_kernel.py"), json.dumps(SETUP), _PACKAGES]
    manager._kernel_spec = KernelSpec(
        argv=[*start, "-f", "{connection_file}"], display_name="Python", language="python"
    )
    client = NotebookClient(notebook, km=manager, resources={})
    work = folder / "notebook"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sys.path[-1], work)
    with client.setup_kernel(cwd=str(work)):
        try:
            yield Kernel(client, seconds)
        finally:
            # Waiting for it to end by itself takes seconds.
            process = getattr(manager.provisioner, "process", None)
            if process is not None:
                process.kill()
                process.wait()


async def _launch(self: Any, cmd: list[str], **options: Any) -> Any:
    """Start the kernel in the process group that it is in: it may not leave it, so that it ends with the worker."""
    quiet = subprocess.DEVNULL
    self.process = subprocess.Popen(cmd, stdin=quiet, stdout=quiet, stderr=quiet, cwd=options.get("cwd"))
    self.pid, self.pgid = self.process.pid, None
    return self.connection_info
