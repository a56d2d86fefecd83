"""Two pictures and what a pretrained network says about them: a notebook's claims, judged by the grader's own network.

Nothing of the student's is run here: the driver gives the notebook's text and the pictures. The grader's network can
confirm a claim. It can refute one only where the notebook says that its network is the same; else a person compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from checker.bounds import exact
from checker.operator import Array, Case, Judgement, Operator
from reference.backprop.claims import CLASSES, Claim, claims
from reference.backprop.pretrained import Classifier, classifier_for
from reference.operators.training_behaviour import mistakes_of, ones

ASPECTS = ("pictures", "right", "wrong")
NOTEBOOK = "part2.ipynb"

RIGHT, NOTHING, OTHER, TOO_GOOD, NO_OUTPUTS = 1.0, 2.0, 3.0, 4.0, 5.0
ONE = 3.0
_ALSO = "the notebook was handed in without outputs: run all of its cells and save it"
MEANINGS = {
    "pictures": {
        NOTHING: "no picture is shown in the outputs, and the notebook names none that is handed in",
        ONE: "two different pictures are asked, and there is one",
        NO_OUTPUTS: _ALSO,
    },
    "right": {
        NOTHING: "no picture is there whose predicted class is the true one",
        OTHER: "the pretrained network gives another class for the picture that is said to be classified rightly",
        NO_OUTPUTS: _ALSO,
    },
    "wrong": {
        NOTHING: "no picture is there whose predicted class is not the true one",
        OTHER: "the pretrained network gives another class for the picture that is said to be classified wrongly",
        TOO_GOOD: "the pretrained network gives the true class for the picture that is said to be classified wrongly",
        NO_OUTPUTS: _ALSO,
    },
}
UNREAD = "of a picture, the predicted and the true class are not printed in words that the grader understands"
NARROWEST = 20
"""The sides of a picture that is looked at: one is at most so many times the other."""
INSTALL = "the grader has no pretrained network to compare with: install checker[vision]"


@dataclass(frozen=True)
class Handed:
    """The notebook's claims, and what the grader's network says of each view of each picture: the best classes.

    ``shown`` counts the pictures and figures in the outputs, ``pictures`` also those that are named and handed in.
    ``firsts`` has, for each file, the first one with the same picture.
    """

    claims: list[Claim]
    files: list[str]
    shown: int
    pictures: int
    classifier: Classifier | None
    same: bool
    best: Mapping[str, list[list[int]]]
    firsts: Mapping[str, str]


@dataclass(frozen=True)
class Verdict:
    """A code, or why a person has to give it."""

    code: float = RIGHT
    undecided: str = ""

    @property
    def rank(self) -> int:
        """A claim that is confirmed comes first, one that is refuted last."""
        return 1 if self.undecided else 0 if self.code == RIGHT else 2


def _document(outputs: Mapping[str, Array]) -> dict[str, Any]:
    loaded = json.loads(outputs["document"].tobytes())
    assert isinstance(loaded, dict)
    return loaded


def _pictures(document: Mapping[str, Any], outputs: Mapping[str, Array]) -> dict[str, Array]:
    """Pictures (h, w, 3) by the names of their files, but for strips, which would grow to any size when resized."""
    found = {name: outputs[f"picture[{index}]"] for index, name in enumerate(document["files"])}
    return {
        name: picture for name, picture in found.items() if max(picture.shape[:2]) <= NARROWEST * min(picture.shape[:2])
    }


def _firsts(pictures: Mapping[str, Array]) -> dict[str, str]:
    """The first file with the same picture as each: a copy under another name is no second picture."""
    found: dict[str, str] = {}
    for name, picture in pictures.items():
        found[name] = next((other for other in found.values() if np.array_equal(pictures[other], picture)), name)
    return found


def _handed(document: Mapping[str, Any], outputs: Mapping[str, Array]) -> Handed:
    words = {word for cell in document["cells"] for word in re.findall(r"\w+", cell["source"])}
    classifier, same = classifier_for(words)
    pictures = _pictures(document, outputs)
    best = {name: classifier.best(picture) for name, picture in pictures.items()} if classifier else {}
    pictured = max(document["shown"], document["named"])
    found = claims(document["cells"], document["files"])
    return Handed(found, document["files"], document["shown"], pictured, classifier, same, best, _firsts(pictures))


def _names(classes: Any) -> str:
    return " or ".join(dict.fromkeys(CLASSES[number] for number in sorted(classes)))


def _of_claim(claim: Claim, handed: Handed) -> Verdict:
    """Whether the grader's network predicts what the notebook says that a network predicted."""
    if handed.classifier is None:
        return Verdict(undecided=INSTALL)
    views = [handed.best[claim.file]] if claim.file in handed.best else [] if claim.file else [*handed.best.values()]
    if not views:
        return Verdict(undecided=f"the picture {claim.file or 'itself'} is not in the submission: {claim.words}")
    said_of = {(other.predicted, other.true) for other in handed.claims}
    if not claim.file and len(handed.best) == 1 and len(said_of) > 1:
        return Verdict(undecided=f"of several pictures, one is in the submission; is it this one? {claim.words}")
    if any(view[0] in claim.predicted for picture in views for view in picture):
        return Verdict()
    said = {view[0] for picture in views for view in picture}
    near = {number for picture in views for view in picture for number in view}
    if claim.file and handed.same and len(said) == 1 and not near & claim.predicted:
        return Verdict(TOO_GOOD if claim.wrong and said & claim.true else OTHER)
    return Verdict(
        undecided=f"{handed.classifier.name} predicts {_names(said)}{f' for {claim.file}' if claim.file else ''}, "
        f"the notebook says {_names(claim.predicted)}"
    )


def _of_kind(kind: str, handed: Handed) -> Verdict:
    found = [_of_claim(claim, handed) for claim in handed.claims if getattr(claim, kind)]
    # What is true may have a name that is none of ImageNet's.
    unknown = [claim for claim in handed.claims if not claim.true]
    if not found and unknown:
        return Verdict(undecided=f"the true class is not known by this name: {unknown[0].words}")
    # Its classes may stand in the picture's title, or be told in words that are not understood.
    if not found and handed.pictures > len(handed.claims):
        return Verdict(undecided=UNREAD)
    return min(found, key=lambda verdict: verdict.rank, default=Verdict(NOTHING))


def _of_pictures(handed: Handed) -> Verdict:
    named = {handed.firsts.get(claim.file, claim.file) for claim in handed.claims}
    if len(handed.claims) > 1 and len(named) == 1 and named <= set(handed.files):
        return Verdict(ONE)
    if handed.pictures >= 2:
        return Verdict()
    if handed.shown == 1 and len(handed.claims) != 1:
        return Verdict(undecided="the notebook has one figure: does it show both pictures?")
    if handed.claims and not handed.pictures and len(set(handed.firsts.values())) > 1:
        return Verdict(undecided="pictures are handed in, and the notebook neither shows nor names them")
    return Verdict(ONE if handed.pictures else NOTHING)


def judge(case: Case, outputs: Mapping[str, Array]) -> Judgement:
    """Codes for the pictures and for each kind of claim; what the grader's network cannot tell goes to a person."""
    document = _document(outputs)
    if not document["outputs"]:
        return Judgement({aspect: np.asarray(NO_OUTPUTS) for aspect in ASPECTS})
    handed = _handed(document, outputs)
    verdicts = {
        "pictures": _of_pictures(handed),
        "right": _of_kind("right", handed),
        "wrong": _of_kind("wrong", handed),
    }
    codes = {aspect: np.asarray(verdict.code) for aspect, verdict in verdicts.items()}
    said = {f"class of {name}": np.asarray(float(views[0][0])) for name, views in handed.best.items()}
    undecided = {aspect: verdict.undecided for aspect, verdict in verdicts.items() if verdict.undecided}
    return Judgement(codes | said, undecided)


def _metrics(case: Case, outputs: Mapping[str, Array]) -> Mapping[str, Array]:
    """The number of the class that the grader's network predicts for each picture."""
    return {name: array for name, array in outputs.items() if name.startswith("class of ")}


two_pictures = Operator(
    "Pretrained network",
    st.just(Case({}, {}, {"notebook": NOTEBOOK})),
    lambda case: ones(*ASPECTS),
    exact,
    mistakes=mistakes_of(MEANINGS),
    upstream=(),
    judge=judge,
    metrics=_metrics,
)
