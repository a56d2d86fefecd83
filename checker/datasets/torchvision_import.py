"""Import torchvision beside a CPU build of torch.

The wheels on PyPI are built for CUDA: without it their compiled operators do not load and the import fails over the
two whose schemas the Python code asks for. Declared here, they let data sets, transforms, models and losses work.
Needs torch and the standard library only, so that a student's process can load it by its path.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

_MISSING = "operator torchvision::nms does not exist"
_OPERATORS = ("nms", "qnms")
_kept: list[Any] = []


def load() -> Any:
    """The module torchvision; ImportError when it is not installed."""
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if _MISSING not in str(error):
            raise
    import torch

    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    if not _kept:
        # The declarations last as long as the library object.
        declare: Any = torch.library.Library
        library = declare("torchvision", "DEF")
        for operator in _OPERATORS:
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _kept.append(library)
    return importlib.import_module("torchvision")
