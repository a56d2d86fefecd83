"""What the notebook driver sees in a notebook and finds among its variables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook, new_output

from checker.datasets import idx
from reference.backprop import notebook_driver as driver
from reference.backprop.notebook_driver import in_kernel


def _notebook(*texts: str, **data: str):
    outputs = [[new_output("stream", text=text)] if text else [] for text in texts]
    cells = [new_code_cell("", outputs=shown) for shown in outputs]
    cells[-1].outputs += [new_output("display_data", {f"image/{kind}": value}) for kind, value in data.items()]
    return new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("test accuracy: 82.35 %", 0.8235),
        ("Test Accuracy = 0.8235", 0.8235),
        ("Accuracy of the network on the 10000 test images: 82 %", 0.82),
        ("test loss 0.512, test accuracy 82.4%", 0.824),
        ("tensor(0.8235) on the test set", 0.8235),
        ("number of test batches: 7\nFinal accuracy: 82.4 %", 0.824),
    ],
)
def test_printed_accuracies_are_read(text: str, share: float) -> None:
    """In percent and as shares, with as many digits as there are."""
    assert any(abs(found - share) < 1e-9 for found, _ in driver._printed(_notebook("epoch 1: 0.5", text)))


def test_lines_about_a_test_come_first() -> None:
    """Without one, the last numbers count; where nothing is printed, nothing is found."""
    assert [share for share, _ in driver._printed(_notebook("test: 50 %", "loss 25"))] == [0.5]
    assert [share for share, _ in driver._printed(_notebook("50", "25", ""))] == [0.25]
    assert driver._printed(_notebook("done", "")) == []


@pytest.mark.parametrize(("kind", "text"), [("markdown", "**Test accuracy: 82.4%**"), ("html", "<b>test 0.824</b>")])
def test_formatted_accuracies_are_read(kind: str, text: str) -> None:
    """What ``display`` shows has no number in its plain text."""
    shown = new_output("display_data", {"text/plain": "<IPython.core.display.Markdown object>", f"text/{kind}": text})
    notebook = new_notebook(cells=[new_code_cell("", outputs=[shown])])

    assert any(abs(found - 0.824) < 1e-9 for found, _ in driver._printed(notebook))


def test_repeated_images(tmp_path: Path) -> None:
    """Those for training only; the headers say how many there are."""
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    labels = idx.encode(np.array([1, 2], dtype=np.uint8))
    for name in ("train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"):
        (raw / name).write_bytes(labels)

    more = Path(driver._repeat(tmp_path, tmp_path / "more", 3)) / "FashionMNIST" / "raw"

    assert (more / "train-labels-idx1-ubyte").read_bytes() == idx.encode(np.array([1, 2] * 3, dtype=np.uint8))
    assert (more / "t10k-labels-idx1-ubyte").read_bytes() == labels


def test_outputs_that_were_handed_in() -> None:
    """All there, none there, an error among them."""
    error = new_notebook(cells=[new_code_cell("", outputs=[new_output("error", ename="E", evalue="", traceback=[])])])

    assert driver._handed_in(_notebook("a")) == 1
    assert driver._handed_in(_notebook("")) == 2
    assert driver._handed_in(error) == 3


def test_curves(tmp_path: Path) -> None:
    """An image is shown, and at least two curves were drawn."""
    counted = tmp_path / "curves"
    with_image = _notebook("a", png="")

    assert driver._curves(_notebook("a"), None) == 2
    assert driver._curves(with_image, None) == 1
    assert driver._curves(with_image, counted) == 3
    counted.write_text("2")
    assert driver._curves(with_image, counted) == 1


def test_networks_are_found_wherever_variables_hold_them() -> None:
    """In containers, too; losses and activations are no networks."""
    first, second = torch.nn.Linear(2, 3), torch.nn.Linear(2, 3)
    held = list(in_kernel._held({"loss": torch.nn.MSELoss(), "nets": {"a": [first]}, "net": second, "_hidden": first}))

    assert {id(net) for net in in_kernel._networks(held)} == {id(first), id(second)}
    trainer = type("Trainer", (), {"__module__": "__main__"})()
    trainer.model = first
    assert in_kernel._networks(list(in_kernel._held({"trainer": trainer}))) == [first]
    with pytest.raises(LookupError, match="no trained network"):
        in_kernel._networks([torch.nn.MSELoss()])


@pytest.mark.parametrize(
    "net",
    [
        torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10)),
        torch.nn.Linear(784, 10),
        torch.nn.Sequential(torch.nn.Conv2d(1, 10, 28), torch.nn.Flatten()),
    ],
)
def test_networks_get_images_in_the_shape_that_they_take(net: torch.nn.Module) -> None:
    """Pictures or rows of pixels."""
    images = np.zeros((3, 28, 28), dtype=np.uint8)
    classes = in_kernel._classes(net.eval(), in_kernel._scaled(0.0, 1.0), images)

    assert classes.shape == (3,)
    assert in_kernel._classes(torch.nn.Linear(5, 10), in_kernel._scaled(0.0, 1.0), images) is None
