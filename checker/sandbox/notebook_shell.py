"""What only notebooks have: lines for a shell, magics of packages that are not there, and Google Colab around them.

Loaded by the notebook's kernel; needs IPython and the standard library only.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

_LINES = ("pip", "conda", "mamba", "tensorboard", "wandb")
_CELLS = ("bash", "sh", "script")
_COLAB = "google.colab"
STAND_IN = "colab"
"""The silent package that stands in for Colab's."""


def prepare(shell: Any) -> None:
    """There is no shell, nothing that could be installed, and no Colab."""
    shell.system = shell.system_piped = shell.system_raw = lambda command: print(f"not run here: {command}")
    shell.getoutput = lambda command, **options: []
    for name in _LINES:
        shell.register_magic_function(lambda line: print(f"not run here: {line}"), magic_name=name)
    for name in _CELLS:
        shell.register_magic_function(_cell_not_run, magic_kind="cell", magic_name=name)
    # Whatever other way of drawing is asked for, the grader looks for images in the outputs.
    shell.register_magic_function(lambda line: shell.enable_matplotlib("inline"), magic_name="matplotlib")
    load = shell.find_line_magic("load_ext")
    shell.register_magic_function(_without_missing(load), magic_name="load_ext")
    shell.ast_transformers.append(_WithoutColab())


def _cell_not_run(line: str, cell: str) -> None:
    print("not run here")


def _without_missing(load: Callable[[str], Any]) -> Callable[[str], None]:
    def load_extension(line: str) -> None:
        # Like TensorBoard, it draws or logs.
        with contextlib.suppress(ImportError):
            load(line)

    return load_extension


class _WithoutColab(ast.NodeTransformer):
    """Imports from Colab that nothing guards find a silent package, since outside of it there is none.

    Those inside ``try`` fail as they do anywhere else: such code knows what to do then.
    """

    def visit_Try(self, node: ast.Try) -> ast.AST:
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.module is not None and f"{node.module}.".startswith(f"{_COLAB}."):
            node.module = STAND_IN + node.module.removeprefix(_COLAB)
        return node


def colab_folder(torch: Any, folder: Path) -> None:
    """What code reads and writes below Colab's ``/content`` lies in ``folder``."""
    if Path("/content").exists():
        return

    def here(path: Any) -> Any:
        if not isinstance(path, (str, Path)) or not f"{path}/".startswith("/content/"):
            return path
        inside = folder / str(path).lstrip("/")
        inside.parent.mkdir(parents=True, exist_ok=True)
        return inside

    def moved(own: Callable[..., Any], place: int = 0) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            return own(*(here(value) if i == place else value for i, value in enumerate(given)), **named)

        return call

    (folder / "content").mkdir(exist_ok=True)
    builtins.open = moved(builtins.open)
    for name in ("makedirs", "mkdir", "listdir"):
        setattr(os, name, moved(getattr(os, name)))
    for name in ("exists", "isdir", "isfile"):
        setattr(os.path, name, moved(getattr(os.path, name)))
    os.chdir = lambda path: _enter(here(path))
    torch.save, torch.load = moved(torch.save, 1), moved(torch.load)


_chdir = os.chdir


def _enter(path: Any) -> None:
    """A folder of the student's drive is made, as it would be there."""
    if isinstance(path, Path):
        path.mkdir(parents=True, exist_ok=True)
    _chdir(path)
