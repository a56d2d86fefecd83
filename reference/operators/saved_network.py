"""A network that was handed in as a file, beside one that is trained on the spot.

A driver loads the file where the student's code runs, and yields ``saved`` and ``same layers``, 1 for as asked, and
``saved predictions`` (ways, ...): what the network makes of the hidden images, handed in in each of several ways (as
they are, standardised ...), of which the best counts. Where no file was handed in, the network that was just trained
stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checker.operator import Array, Case, Operator
from reference.operators.training_behaviour import mistakes_of, ones

MEANINGS = {
    "saved": {
        2.0: "the file cannot be loaded: save with torch.save, with the class in the file that is handed in",
        3.0: "the file holds no network: save net or net.state_dict()",
        4.0: "the file's state_dict does not fit NeuralNet as it is handed in",
    },
    "same layers": {
        -1.0: "the file cannot be used, so this cannot be seen",
        0.0: "the saved network has other layers than NeuralNet as it is handed in: train and save it again",
    },
}


def with_saved(operator: Operator, aspect: str, *, less: bool = False) -> Operator:
    """The operator that also measures ``saved <aspect>``; ``less`` where less is better."""
    own = operator.measure
    assert own is not None

    def measure(case: Case, outputs: Mapping[str, Array]) -> Mapping[str, float]:
        ways = outputs.get("saved predictions", ())
        found = [own(case, {"predictions": way})[aspect] for way in ways]
        best = {f"saved {aspect}": min(found) if less else max(found)} if found else {}
        return {**own(case, outputs), **best}

    return replace(operator, reference=lambda case: ones(*MEANINGS), measure=measure, mistakes=mistakes_of(MEANINGS))
