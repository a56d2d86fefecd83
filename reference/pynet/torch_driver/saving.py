"""What a script saves is written down, whatever the path; ``torch.load`` finds it again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from .runs import Now

_any: Any = torch

_save, _load = torch.save, torch.load


def _tensors(value: Any) -> Iterator[Any]:
    """Every tensor in what was saved."""
    if isinstance(value, torch.Tensor):
        yield value.detach()
    elif isinstance(value, torch.nn.Module):
        yield from _tensors(value.state_dict())
    elif isinstance(value, Mapping):
        yield from (tensor for part in value.values() for tensor in _tensors(part))
    elif isinstance(value, list | tuple):
        yield from (tensor for part in value for tensor in _tensors(part))


def _modules(value: Any) -> Iterator[Any]:
    """Every module in what was loaded."""
    if isinstance(value, torch.nn.Module):
        yield value
    elif isinstance(value, Mapping):
        yield from (module for part in value.values() for module in _modules(part))
    elif isinstance(value, list | tuple):
        yield from (module for part in value for module in _modules(part))


def _path(file: Any) -> str:
    return str(file) if isinstance(file, str | Path) else f"file {getattr(file, 'name', id(file))}"


def _noting_save(obj: Any, f: Any, *given: Any, **named: Any) -> None:
    packed = io.BytesIO()
    _save(obj, packed, *given, **named)
    Now.run.saved[_path(f)] = packed.getvalue(), [tensor.clone() for tensor in _tensors(obj)]
    Now.run.saves.append((_path(f), Now.run.predict()))
    # Others may look for the file; that its folder is missing or cannot be written to does not matter here.
    with suppress(OSError):
        if isinstance(f, str | Path):
            if not Path(f).is_absolute():
                Path(f).parent.mkdir(parents=True, exist_ok=True)
            Path(f).write_bytes(packed.getvalue())
        else:
            f.write(packed.getvalue())


def _noting_load(f: Any, *given: Any, **named: Any) -> Any:
    """Whole models too, as older releases of torch did; everything onto the CPU."""
    Now.run.loaded = True
    source = io.BytesIO(Now.run.saved[_path(f)][0]) if _path(f) in Now.run.saved else f
    value = _load(source, map_location="cpu", weights_only=False)
    Now.run.from_file += [tensor.clone() for tensor in _tensors(value)]
    for module in _modules(value):
        _note(Now.run.given_weights, module)
    return value


def _note(where: dict[int, Any], module: Any) -> None:
    where.update((id(parameter), parameter) for parameter in module.parameters())


def _noting_state(module: Any, *given: Any, **named: Any) -> Any:
    result = _load_state(module, *given, **named)
    if Now.run.loaded:
        _note(Now.run.given_weights, module)
    return result


def _noting_pass(module: Any, given: Any) -> None:
    if Now.run.testing:
        _note(Now.run.tested, module)


_load_state = torch.nn.Module.load_state_dict
_any.nn.Module.load_state_dict = _noting_state
torch.nn.modules.module.register_module_forward_pre_hook(_noting_pass)
_any.save, _any.load = _noting_save, _noting_load
