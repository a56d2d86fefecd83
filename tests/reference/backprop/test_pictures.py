"""What is made of a notebook's claims, with a small network in place of the pretrained one."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest
import torch

from checker.drawing import simplest
from checker.operator import Case, Judgement
from reference.backprop import pictures
from reference.backprop.pictures import ASPECTS, MEANINGS, two_pictures
from reference.backprop.pictures_rubric import PART2
from reference.backprop.pretrained import Classifier

ESPRESSO, CUP, SPOTLIGHT, CLOCK, VIOLIN = 967, 968, 818, 892, 889
RIGHT = "cup.png: predicted: espresso, true: espresso"
WRONG = "clock.png: predicted: spotlight, true: wall clock"
BEST = {"cup.png": [ESPRESSO, CUP], "clock.png": [SPOTLIGHT, CLOCK]}


class _Told(torch.nn.Module):
    """Classes by the brightness of a picture: its best ones are told."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = torch.zeros(len(x), 1000)
        scores[:, :3] = torch.tensor([0.3, 0.2, 0.1])
        for row, view in zip(scores, x, strict=True):
            first, second = list(BEST.values())[int(view.flatten()[0])]
            row[first], row[second] = 2.0, 1.0
        return scores


STAND_IN = Classifier("the stand-in", _Told(), lambda pixels: [pixels.float(), pixels.float()])


def _judge(
    *texts: str,
    files: Mapping[str, int] | None = None,
    shown: int = 2,
    outputs: bool = True,
    named: int | None = None,
) -> Judgement:
    files = {"cup.png": 0, "clock.png": 1} if files is None else files
    cells = [{"source": "", "text": text} for text in texts]
    named = len(files) if named is None else named
    document = {"cells": cells, "outputs": outputs, "shown": shown, "files": list(files), "named": named}
    given = {"document": np.frombuffer(json.dumps(document).encode(), dtype=np.uint8)}
    for index, number in enumerate(files.values()):
        given[f"picture[{index}]"] = np.full((4, 4, 3), number, dtype=np.uint8)
    return pictures.judge(Case({}), given)


def _codes(judgement: Judgement) -> list[float]:
    return [-1.0 if name in judgement.undecided else float(judgement.outputs[name]) for name in ASPECTS]


@pytest.fixture(params=[True, False], ids=["same", "another"])
def same(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the notebook has the grader's network."""
    monkeypatch.setattr(pictures, "classifier_for", lambda words: (STAND_IN, request.param))
    return bool(request.param)


def test_points() -> None:
    """8 of the 10 are the grader's, 2 a person's."""
    assert sum(task.max_points for task in PART2.tasks) == 8
    assert sum(manual.points for manual in PART2.manual) == 2


def test_every_code_has_a_meaning() -> None:
    """And a meaning says one thing."""
    operator = two_pictures
    expected = operator.reference(simplest(operator.cases))

    assert set(expected) == set(MEANINGS) == set(ASPECTS)
    for mistake in operator.mistakes.values():
        assert all(mistake(simplest(operator.cases))[name] != 1 for name in mistake(simplest(operator.cases)))


def test_confirmed(same: bool) -> None:
    """Claims that the grader's network makes, too, are right, whichever network the notebook has."""
    judgement = _judge(RIGHT, WRONG)

    assert _codes(judgement) == [1, 1, 1]
    assert judgement.outputs["class of clock.png"] == SPOTLIGHT
    assert two_pictures.metrics is not None
    assert set(two_pictures.metrics(Case({}), judgement.outputs)) == {"class of cup.png", "class of clock.png"}


def test_one_confirmed_claim_of_several_is_enough(same: bool) -> None:
    """More pictures than asked do no harm."""
    assert _codes(_judge(RIGHT, "clock.png: predicted: violin, true: violin", WRONG)) == [1, 1, 1]


def test_refuted(same: bool) -> None:
    """By the same network only; another one may say something else, which a person looks at."""
    invented = _judge("cup.png: predicted: violin, true: violin", "clock.png: predicted: violin, true: wall clock")
    too_good = _judge(RIGHT, "clock.png: predicted: violin, true: spotlight")

    assert _codes(invented) == ([1, 3, 3] if same else [1, -1, -1])
    assert _codes(too_good) == ([1, 1, 4] if same else [1, 1, -1])
    if not same:
        assert "the stand-in predicts espresso for cup.png" in invented.undecided["right"]
        assert "the notebook says violin" in invented.undecided["right"]


def test_close_calls_go_to_a_person(same: bool) -> None:
    """A class that the network finds likely may come first when the picture is made smaller in another way."""
    assert _codes(_judge("cup.png: predicted: cup, true: cup", WRONG)) == [1, -1, 1]


def test_a_copy_is_no_second_picture(same: bool) -> None:
    """One picture under two names is one, also for a claim that names no picture."""
    again = "copy.png: predicted: espresso, true: cup"
    judgement = _judge("predicted: espresso, true: espresso", "predicted: espresso, true: cup", files={"cup.png": 0})

    assert _codes(_judge(RIGHT, again, files={"cup.png": 0, "copy.png": 0})) == [3, 1, 1]
    assert set(judgement.undecided) == {"right", "wrong"}
    assert "is it this one?" in judgement.undecided["wrong"]


def test_pictures_that_are_handed_in_only(same: bool) -> None:
    """Whether they are those of the claims is for a person to tell."""
    judgement = _judge(
        "predicted: espresso, true: espresso", "predicted: spotlight, true: wall clock", shown=0, named=0
    )

    assert _codes(judgement) == [-1, 1, 1]


def test_claims_that_are_missing(same: bool) -> None:
    """A notebook that shows pictures without words may have them in the figures."""
    both_right = "clock.png: predicted: spotlight, true: spotlight"

    assert _codes(_judge(RIGHT, both_right)) == [1, 1, 2]
    assert _codes(_judge("cup.png: predicted: espresso, true: cup", WRONG)) == [1, 2, 1]
    assert _codes(_judge(RIGHT, files={"cup.png": 0}, shown=1)) == [3, 1, 2]
    assert _judge(RIGHT).undecided == {"wrong": pictures.UNREAD}
    assert _judge("done").undecided == {"right": pictures.UNREAD, "wrong": pictures.UNREAD}
    assert _codes(_judge("done", files={}, shown=0)) == [2, 2, 2]
    assert _codes(_judge(RIGHT, WRONG, outputs=False)) == [5, 5, 5]


def test_unknown_true_class(same: bool) -> None:
    """It may be right under another name."""
    judgement = _judge(RIGHT, "clock.png: predicted: spotlight, true: my clock")

    assert _codes(judgement) == [1, 1, -1]
    assert "my clock" in judgement.undecided["wrong"]


def test_pictures(same: bool) -> None:
    """Two are there when two are shown or handed in; one with two classes is one."""
    both = _judge(RIGHT, "cup.png: predicted: espresso, true: cup")

    assert _codes(both)[0] == 3
    assert _codes(_judge(RIGHT, shown=1, files={"cup.png": 0}))[0] == 3
    assert _codes(_judge(RIGHT, WRONG, shown=0)) == [1, 1, 1]
    assert _codes(_judge(RIGHT, WRONG, shown=1, files={"cup.png": 0}))[0] == -1


def test_pictures_that_were_not_handed_in(same: bool) -> None:
    """The network cannot be asked about them."""
    judgement = _judge(RIGHT, WRONG, files={})

    assert _codes(judgement) == [1, -1, -1]
    assert _codes(_judge("a b.png: predicted: cup, true: cup", "c b.png: predicted: cup, true: cock"))[0] == 1
    assert "cup.png is not in the submission" in judgement.undecided["right"]


def test_pictures_without_names(same: bool) -> None:
    """One of those that were handed in has to be it; where none is, a person looks."""
    assert _codes(_judge("predicted: espresso, true: espresso", "predicted: spotlight, true: cup")) == [1, 1, 1]
    assert _codes(_judge("predicted: violin, true: violin", "predicted: spotlight, true: cup")) == [1, -1, 1]


def test_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is asked, or the extra; what is missing is missing all the same."""
    monkeypatch.setattr(pictures, "classifier_for", lambda words: (None, False))
    judgement = _judge(RIGHT, WRONG)

    assert _codes(judgement) == [1, -1, -1]
    assert "install checker[vision]" in judgement.undecided["right"]
    assert _codes(_judge(RIGHT, files={"cup.png": 0}, shown=1)) == [3, -1, 2]


def test_strips_are_not_looked_at(same: bool) -> None:
    """Made as large as the network wants it, one would fill the memory."""
    document = {"files": ["strip.png"]}

    assert pictures._pictures(document, {"picture[0]": np.zeros((1, 1000, 3))}) == {}
