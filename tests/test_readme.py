"""The README says what the project does."""

from pathlib import Path

from checker.homeworks import catalogue

ROOT = Path(__file__).parent.parent


def test_homeworks_are_listed_as_they_are() -> None:
    """The table of homeworks is the one that `checker list --markdown` prints."""
    text = (ROOT / "README.md").read_text()
    listed = text.split("<!-- homeworks -->")[1].split("<!-- /homeworks -->")[0]

    assert listed.strip() == catalogue()


def test_commands_exist() -> None:
    """Every make target that the README names is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    named = {
        word
        for line in (ROOT / "README.md").read_text().splitlines()
        if line.startswith("make ")
        for word in line.split()[1:2]
    }

    assert named
    assert all(f"\n{target}:" in makefile for target in named)
