"""A notebook that trains a classifier: what has to be in it, and what its network is worth on images it has not seen.

The student's process runs the notebook, or reads it as it was handed in, and answers with codes: 1 is what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from checker.bounds import exact
from checker.operator import Array, Case, Operator, Outputs
from checker.scale import UnmeasurableError
from reference.operators.training_behaviour import mistakes_of, ones

MEANINGS = {
    "outputs": {
        2.0: "the notebook was handed in without outputs: run all of its cells and save it",
        3.0: "the notebook was handed in with an error in an output: run all of its cells again and save it",
    },
    "curves": {
        2.0: "no cell shows an image: draw the accuracies and call plt.show()",
        3.0: "fewer than two curves are drawn: accuracies for training and for validation are asked",
    },
    "number": {
        2.0: "no accuracy is printed after training",
        3.0: "the printed accuracy is not that of the network on the test images: it has to be measured at the end, in "
        "evaluation mode, as the share of right answers",
    },
}


def _accuracy(case: Case, outputs: Mapping[str, Array]) -> Mapping[str, float]:
    if not case.protocol["execute"]:
        return {"accuracy": float(outputs["printed"])}
    labels, got = case.hidden["labels"], outputs["predictions"]
    if got.shape != labels.shape:
        raise UnmeasurableError(f"the predictions have shape {got.shape}, expected {labels.shape}")
    return {"accuracy": float((got == labels).mean())}


def _reference(case: Case) -> Outputs:
    asked = ("outputs", "runs", "curves", "number") if case.protocol["execute"] else ("outputs", "curves", "number")
    return ones(*asked)


def classifier_notebook(case: Callable[[], Case]) -> Operator:
    """``case`` has the images ``test``, hidden ``labels``, and the protocol ``notebook``, ``execute``, ``seconds``."""
    return Operator(
        "Notebook",
        st.builds(case),
        _reference,
        exact,
        mistakes=mistakes_of(MEANINGS),
        upstream=(),
        measure=_accuracy,
    )
