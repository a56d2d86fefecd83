"""Tasks are chosen by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.choice import chosen
from checker.errors import RequestError
from tests.checker import toy


def test_whole_names_first_parts_and_none(tmp_path: Path) -> None:
    """In report order."""
    assignment = toy.assignment(tmp_path)

    def ids(*names: str) -> list[str]:
        return [task.id for _, task in chosen(assignment, names)]

    assert ids() == ids("scale") == ids("scale.backward", "scale.forward") == ["scale.forward", "scale.backward"]
    assert ids("scale.backward") == ["scale.backward"]


@pytest.mark.parametrize("name", ["scale.", "scal", "scale.forwards"])
def test_a_name_of_none(tmp_path: Path, name: str) -> None:
    """It says what may have been meant."""
    with pytest.raises(RequestError, match=r"toy has no task .*did you mean scale\."):
        chosen(toy.assignment(tmp_path), ["scale.forward", name])
