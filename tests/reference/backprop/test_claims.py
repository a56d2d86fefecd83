"""Claims about pictures are read however a notebook prints them."""

from __future__ import annotations

import pytest

from reference.backprop.claims import CLASSES, claims, classes_in

ESPRESSO, SPOTLIGHT, CLOCK = 967, 818, 892


def _read(text: str, source: str = ""):
    return [(sorted(c.predicted), sorted(c.true), c.file) for c in claims([{"source": source, "text": text}])]


def test_there_are_a_thousand_classes() -> None:
    """As the networks number them."""
    assert len(CLASSES) == 1000
    assert (CLASSES[0], CLASSES[ESPRESSO], CLASSES[SPOTLIGHT], CLASSES[999]) == (
        "tench",
        "espresso",
        "spotlight",
        "toilet tissue",
    )


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("wall clock", {CLOCK}),
        ("'Wall_Clock'", {CLOCK}),
        ("wall clock (892)", {CLOCK}),
        ("892", {CLOCK}),
        ("is class 892 with 91.5 %", {CLOCK}),
        ("tabby, tabby cat", {281}),
        ("projectile, missile", {744}),
        ("hen-of-the-woods", {996}),
        ("tiger cat", {282}),
        ("crane", {134, 517}),
        ("crane 134", {134}),
        ("Cardigan, Cardigan Welsh corgi", {264, 474}),
        ("dog", set()),
        ("0.93", set()),
        ("93 %", set()),
        ("93%", set()),
        ("1234", set()),
        ("", set()),
    ],
)
def test_classes(text: str, numbers: set[int]) -> None:
    """By name, by synonyms that follow it, or by number; the number decides between classes of one name."""
    assert classes_in(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "clock.jpg: predicted: spotlight (818), true: wall clock (892)",
        "pictures/clock.jpg -> prediction = 818, ground truth = 892",
        "clock.jpg\nPredicted class: SPOTLIGHT\nTrue label: Wall_Clock\nProbability: 0.91",
        "clock.jpg\nGround truth:\n  wall clock\nPredicted:\n  spotlight",
        "'clock.jpg is wrongly classified as 'spotlight' with 19.8%; actual label: 'wall clock''",
        "clock.jpg true: wall clock | predicted: spotlight | correct: False",
        "Top-5 predictions for clock.jpg:\nspotlight 0.19\nbubble 0.06\nActual class: wall clock",
    ],
)
def test_claims_are_read(text: str) -> None:
    """In one line or several, in either order, by names or numbers."""
    assert _read(text) == [([SPOTLIGHT], [CLOCK], "clock.jpg")]


def test_two_claims_in_one_cell() -> None:
    """What is printed about neither file is paired in order with the files in the code."""
    text = "Predicted: espresso\nTrue: espresso\ncorrect: True\nPredicted: spotlight\nTrue: wall clock\ncorrect: False"

    assert _read(text, "for f in ['a/cup.png', 'clock.jpg']:") == [
        ([ESPRESSO], [ESPRESSO], "cup.png"),
        ([SPOTLIGHT], [CLOCK], "clock.jpg"),
    ]
    assert [file for _, _, file in _read(text, "for f in glob('*.jpg'):")] == ["", ""]


def test_two_claims_in_one_line() -> None:
    """As in a list of results."""
    text = "[('a.png', 'predicted: cup', 'true: espresso'), ('b.png', 'predicted: spotlight', 'true: wall clock')]"

    assert _read(text) == [([968], [ESPRESSO], "a.png"), ([SPOTLIGHT], [CLOCK], "b.png")]


def test_file_names_are_no_classes() -> None:
    """A picture may be called like what it shows."""
    assert _read("espresso.jpg predicted: cup, true: espresso") == [([968], [ESPRESSO], "espresso.jpg")]
    assert _read("predicted for espresso.jpg: cup, true: espresso") == [([968], [ESPRESSO], "espresso.jpg")]


def test_file_names_may_have_blanks() -> None:
    """Those that were handed in are known whole, some with their folder."""
    text = "my cup (1).png: predicted: cup, true: espresso"
    (known,) = claims([{"source": "", "text": text}], ["cup (1).png", "my cup (1).png"])
    (unknown,) = claims([{"source": "", "text": "my cup.png: predicted: cup, true: espresso"}])

    text = "right/1.png: predicted: cup, true: espresso\nwrong/1.png: predicted: spotlight, true: wall clock"
    folders = claims([{"source": "", "text": text}], ["right/1.png", "wrong/1.png"])
    (spelt,) = claims([{"source": "", "text": "CUP.png: predicted: cup, true: espresso"}], ["cup.PNG"])

    assert [claim.file for claim in folders] == ["right/1.png", "wrong/1.png"]
    assert spelt.file == "cup.PNG"
    assert (known.file, unknown.file) == ("my cup (1).png", "cup.png")


def test_a_true_class_may_be_unknown() -> None:
    """It is a claim all the same, and neither right nor wrong."""
    (claim,) = claims([{"source": "", "text": "predicted: tabby, true: my old cat"}])

    assert not claim.true
    assert not claim.right
    assert not claim.wrong


@pytest.mark.parametrize("text", ["", "espresso", "predicted: espresso", "true: espresso", "accuracy: 93 %"])
def test_no_claims(text: str) -> None:
    """One class alone claims nothing."""
    assert _read(text) == []
