"""Numbers of images in code that counts on the published set."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from checker.datasets import counts


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x[:50000], x[50000:], y[:10000]", "(x[:3333], x[3333:], y[:667])"),
        ("len(train) - 10_000", "len(train) - 667"),
        ("right / 10000.0", "right / 667.0"),
        ("range(60000)", "range(4000)"),
        ("Linear(20000, 10)", "Linear(20000, 10)"),
        ("x[:50000].view(-1, 20000)", "x[:3333].view(-1, 20000)"),
        ("nn.Sequential(nn.Linear(20000, 10))", "nn.Sequential(nn.Linear(20000, 10))"),
        ("(9216, 1000, 0.1, True, '50000', 1e6)", "(9216, 1000, 0.1, True, '50000', 1000000.0)"),
    ],
)
def test_numbers_of_images_become_shares(code: str, expected: str) -> None:
    """Sizes of layers, seeds and other numbers stay."""
    assert ast.unparse(counts.Counts(4000).visit(ast.parse(code))) == expected
    assert ast.unparse(counts.Counts(counts.PUBLISHED).visit(ast.parse(code))) == ast.unparse(ast.parse(code))


def test_images_are_counted(tmp_path: Path) -> None:
    """By the header of the file; without one, nothing is to be scaled."""
    assert counts.images(str(tmp_path)) == counts.PUBLISHED
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte").write_bytes(bytes([0, 0, 8, 3, 0, 0, 15, 160]))
    assert counts.images(str(tmp_path)) == 4000
