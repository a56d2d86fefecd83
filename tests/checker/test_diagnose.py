"""Diagnoses: each probe names its mistake, and nothing is named that does not predict the outputs."""

from __future__ import annotations

import pytest

from tests.checker import toy


def _diagnosis(tmp_path, old: str, new: str, aspect: str) -> str:
    report = toy.grade("import numpy as np\n" + toy.RIGHT.replace(old, new), tmp_path)
    return toy.aspect(report, aspect).diagnosis or ""


FORWARD = "return x * scale"
BACKWARD = "return dy * scale, float(dy.sum())"


@pytest.mark.parametrize(
    ("old", "new", "aspect", "words"),
    [
        (FORWARD, "return x", "y", "the scale is left out"),
        (FORWARD, "return -x * scale", "y", "the sign is flipped"),
        (FORWARD, "return 2 * x * scale", "y", "twice the correct value"),
        (FORWARD, "return x * scale / len(x)", "y", "divided by the batch size"),
        (FORWARD, "return x * 0", "y", "zero everywhere"),
        (FORWARD, "return 3.7 * x * scale", "y", "3.7 times"),
        (BACKWARD, "return scale * np.ones_like(dy), float(dy.sum())", "x.grad", "upstream gradient is ignored"),
        (BACKWARD, "return scale * dy * dy, float(dy.sum())", "x.grad", "upstream gradient enters twice"),
        (BACKWARD, "return dy * scale, float(dy.mean())", "total", "mean where a sum is due"),
        (FORWARD, "return (x * scale)[:, None]", "y", "axis of length 1"),
        (FORWARD, "return (x * scale).astype(int)", "y", "integer dtype"),
        (FORWARD, "y = x * scale", "y", "return statement is missing"),
        (FORWARD, "return np.log(x - x) * scale", "y", "log of 0"),
        (FORWARD, "x *= scale; return x", "y", "modified in place"),
        (FORWARD, "return x @ np.ones((7, 7))", "y", "shapes of two arrays do not fit"),
        (FORWARD, "return forward(x, scale)", "y", "calls itself"),
        (FORWARD, "return x * scale + (scale > 2) * np.sin(x)", "y", "scale=3"),
    ],
)
def test_named(tmp_path, old, new, aspect, words):
    """The mistake is named in words."""
    assert words in _diagnosis(tmp_path, old, new, aspect)


def test_silence_is_better_than_a_wrong_hint(tmp_path):
    """A wrong answer that no mistake predicts in every case, with nothing special about the smallest one."""
    assert _diagnosis(tmp_path, FORWARD, "return x * scale + np.sin(x)", "y") == ""
