"""The networks of part 2. Provided, nothing to do here.

Each file is imported when its network is asked for, so that a mistake in one does not stop the others.
"""

from importlib import import_module

_FILES = {"TwoLayerNet": "twolayer", "VanillaCNN": "cnn", "MyModel": "my_model", "resnet32": "resnet"}
__all__ = list(_FILES)


def __getattr__(name):
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
