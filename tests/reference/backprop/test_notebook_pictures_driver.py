"""What the driver reads of a notebook that is not run, and of the pictures beside it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib import image
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from checker.sandbox import notebook_run
from reference.backprop import notebook_pictures_driver as driver


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The driver's outputs for a notebook of these cells, in ``tmp_path``."""
    monkeypatch.setitem(sys.modules, "notebook_run", ModuleType("notebook_run"))
    monkeypatch.setattr(sys.modules["notebook_run"], "read", notebook_run.read, raising=False)
    monkeypatch.setattr(sys.modules["notebook_run"], "code_cells", notebook_run.code_cells, raising=False)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])

    def outputs(*cells: Any) -> dict[str, Any]:
        (tmp_path / "a.ipynb").write_text(json.dumps(new_notebook(cells=list(cells))))
        return dict(driver.pictures(SimpleNamespace(notebook="a.ipynb")))

    return outputs


def _document(outputs: dict[str, Any]) -> dict[str, Any]:
    return json.loads(outputs["document"].tobytes())


def test_text_and_pictures(run, tmp_path: Path) -> None:
    """Prints, results and figures; pictures that the notebook names come first."""
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    (tmp_path / "folder").mkdir()
    for name in ("a-plot.png", "folder/b.PNG"):
        image.imsave(tmp_path / name, pixels, format="png")
    (tmp_path / "broken.jpg").write_text("no picture")
    shown = [
        new_output("stream", text="printed"),
        new_output("display_data", {"image/png": "", "image/jpeg": "", "text/plain": "<Figure>"}),
        new_output("execute_result", {"text/plain": "'result'"}),
    ]
    outputs = run(new_code_cell("show('b.PNG')", outputs=shown), new_code_cell("1"))
    document = _document(outputs)

    assert document["cells"][0] == {"source": "show('b.PNG')", "text": "printed\n<Figure>\n'result'"}
    assert (document["outputs"], document["shown"], document["named"]) == (True, 1, 1)
    assert document["files"] == ["b.PNG", "a-plot.png"]
    assert np.array_equal(outputs["picture[0]"], pixels)


def test_pictures_of_one_name(run, tmp_path: Path) -> None:
    """Folders tell them apart; copies of one file are one picture."""
    for number, name in enumerate(("right/1.png", "wrong/1.png")):
        (tmp_path / name).parent.mkdir()
        Image.fromarray(np.full((3, 4, 3), number, dtype=np.uint8)).save(tmp_path / name)
        Image.fromarray(np.zeros((3, 4, 3), dtype=np.uint8)).save((tmp_path / name).with_name("copy.png"))
    shown = [new_output("stream", text="right/1.png and wrong/1.png")]
    outputs = run(new_code_cell("show()", outputs=shown))

    assert _document(outputs)["files"] == ["right/1.png", "wrong/1.png", "copy.png"]
    assert [int(outputs[f"picture[{index}]"].max()) for index in range(3)] == [0, 1, 0]


def test_text_in_html_and_markdown(run) -> None:
    """What stands in HTML or Markdown is read there, where the plain text only names an object."""
    page = "<img src='data:'/><p><b>predicted:</b> cup &amp; more</p><p>true: cup</p>"
    shown = [
        new_output("display_data", {"text/html": page, "text/plain": "<IPython.core.display.HTML object>"}),
        new_output("display_data", {"text/markdown": "**true:** cup", "text/plain": "<IPython... object>"}),
        new_output("execute_result", {"text/html": "<table>", "text/plain": "a table"}),
    ]
    document = _document(run(new_code_cell("show()", outputs=shown)))

    assert "predicted:  cup & more" in document["cells"][0]["text"]
    assert document["cells"][0]["text"].endswith("true: cup\n\n**true:** cup\na table")
    assert document["shown"] == 1


def test_kinds_of_pictures(tmp_path: Path) -> None:
    """Grey, with transparency, or large: always three colours of 0 to 255, and not too many of them."""
    grey, clear = np.full((3, 4), 7, dtype=np.uint8), np.full((3, 4, 4), 7, dtype=np.uint8)
    for name, pixels in (("grey.png", grey), ("clear.png", clear)):
        Image.fromarray(pixels).save(tmp_path / name)
        read = driver._pixels(tmp_path / name)
        assert (read.shape, read.dtype, int(read.max())) == ((3, 4, 3), np.uint8, 7)
    Image.fromarray(np.zeros((3000, 3000), dtype=np.uint8)).save(tmp_path / "large.png")

    assert driver._pixels(tmp_path / "large.png").shape == (1500, 1500, 3)


def test_the_handout_is_not_started(run) -> None:
    """Without outputs, what raises NotImplementedError is still to be written; elsewhere outputs are asked for."""
    with pytest.raises(NotImplementedError):
        run(new_code_cell("raise NotImplementedError"))

    assert _document(run(new_code_cell("show('a.png')")))["outputs"] is False
