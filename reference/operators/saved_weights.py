"""Saved weights of a network for CIFAR-10: whether its code takes them, and what they are worth on the test pictures.

Outputs: ``fits`` (1 when the network takes the weights; other codes name what is in the way) and ``predictions`` for
the test pictures, once for each way in which pictures are usually normalised, of which the best counts. Without the
full CIFAR-10 there is nothing that the weights could know: the accuracy is then left to a person.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st

from checker import metrics
from checker.bounds import exact
from checker.datasets.cache import prepared
from checker.datasets.small import small
from checker.operator import Array, Case, Judgement, Operator, Option
from checker.scale import UnmeasurableError
from reference.operators.training_behaviour import mistakes_of, ones

CLASSES = 10
PICTURES = 2000
"""How many of the test pictures are asked: the accuracy is then known to 0.01 or so."""

MISTAKES = mistakes_of(
    {
        "fits": {
            0.0: "no weights of that name are handed in: checkpoints/<the network's name in lower case>.pth",
            2.0: "the file cannot be read as saved weights: torch.save(model.state_dict(), file) writes them",
            3.0: "the weights are those of another network: names and shapes have to be the ones of the code",
            4.0: "some weights are inf or nan",
        }
    }
)


def _case(network: str, sizes: tuple[int, ...]) -> Case:
    """The test pictures of CIFAR-10; where it is not prepared, a few drawn ones without labels."""
    full = prepared("cifar10")
    options: dict[str, Option] = {"network": network, "sizes": sizes}
    if full is None:
        return Case({"x": small("cifar10").test.images[:CLASSES]}, options)
    asked = full.test.take(slice(PICTURES))
    return Case({"x": asked.images}, options, hidden={"labels": asked.labels})


def _judge(case: Case, outputs: Mapping[str, Array]) -> Judgement:
    """Without labels nothing can be counted."""
    if case.hidden:
        return Judgement({})
    return Judgement({}, {"accuracy": "CIFAR-10 is not prepared here (checker data cifar10)"})


def _best(case: Case, outputs: Mapping[str, Array]) -> Array:
    """The predictions that are right most often."""
    labels = case.hidden["labels"]
    tried = [array for name, array in outputs.items() if name.startswith("predictions") and array.shape == labels.shape]
    if not tried:
        raise UnmeasurableError("the network cannot be asked with these weights")
    return max(tried, key=lambda predictions: int((predictions == labels).sum()))


def _measure(case: Case, outputs: Mapping[str, Array]) -> dict[str, float]:
    return {"accuracy": float(np.mean(_best(case, outputs) == case.hidden["labels"]))}


def _told(case: Case, outputs: Mapping[str, Array]) -> dict[str, Array]:
    return metrics.summary(case.hidden["labels"], _best(case, outputs), CLASSES) if case.hidden else {}


def saved_weights(network: str, sizes: tuple[int, ...] = ()) -> Operator:
    """The weights that go by a network's name; ``sizes`` are the arguments that make the network."""
    return Operator(
        f"Saved {network}",
        st.builds(_case, st.just(network), st.just(sizes)),
        lambda case: ones("fits"),
        exact,
        mistakes=MISTAKES,
        upstream=(),
        measure=_measure,
        judge=_judge,
        metrics=_told,
    )
