"""How a network class and its training behave, seen from outside: no counterpart in torch, but numbers to expect.

A homework's driver makes networks, lets them step and fit on images that it makes up, and yields counts and codes: 1
means as asked, other codes name what was seen instead. The codes of each output stand here, with their meaning.
``classes`` is the number of classes, 0 for an autoencoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from checker.bounds import exact
from checker.operator import Array, Case, Operator, Outputs, Reference

SIGNATURES = ("__init__", "forward", "step", "fit")
PIXELS = 28 * 28


def seen(output: str, number: float) -> Reference:
    return lambda case: {output: np.asarray(number)}


def ones(*outputs: str) -> Outputs:
    return {output: np.asarray(1.0) for output in outputs}


def signatures() -> Outputs:
    return {f"signature[{name}]": np.asarray(0.0) for name in SIGNATURES}


def mistakes_of(meanings: Mapping[str, Mapping[float, str]]) -> dict[str, Reference]:
    """Mistakes from the meanings of codes."""
    return {text: seen(output, code) for output, codes in meanings.items() for code, text in codes.items()}


def _changed(name: str) -> Reference:
    return lambda case: {f"signature[{name}]": np.asarray(1.0)}


COMMON: dict[str, Reference] = {
    **mistakes_of(
        {
            "unused": {
                float(count): "a layer is declared and has no part in the output: its gradient is None"
                if count == 2
                else f"{count} weights or biases are declared and have no part in the output, or are cut off "
                "from it (detach): their gradient is None"
                for count in range(1, 13)
            },
            "get_parameters": {
                2.0: "get_parameters returns no list: list(self.parameters()) is what is asked",
                3.0: "get_parameters leaves out some weights or biases",
            },
            "saving": {
                2.0: "torch.save(net) fails: a lambda, a local function or an open file is kept in the network",
                3.0: "the network predicts something else after torch.save and torch.load",
            },
        }
    ),
    **{
        f"the parameter list of {name} was changed: it has to stay as it is in the template": _changed(name)
        for name in SIGNATURES
    },
}

ACTIVATIONS = {
    2.0: "a softmax is applied to the output: cross entropy has its own, return the scores",
    3.0: "a log_softmax is applied to the output: cross entropy has its own, return the scores",
    4.0: "a sigmoid is applied to the output: no activation belongs there",
    5.0: "a tanh is applied to the output: no activation belongs there",
    6.0: "a ReLU is applied to the output: no activation belongs there",
    7.0: "an activation function is applied to the output: none belongs there",
}


def _size(classes: int, *hidden: int, bias: int = 1) -> float:
    widths = (PIXELS, *hidden, classes)
    return float(sum((a + bias) * b for a, b in pairwise(widths)))


def _sizes(classes: int, hidden: int) -> dict[str, Reference]:
    """Counts of parameters of networks that were not asked for."""
    known = {
        f"it has {n} hidden units instead of {hidden}": _size(classes, n)
        for n in (10, 16, 32, 50, 64, 100, 200, 256, 512)
    }
    known |= {
        f"there are two hidden layers of {hidden} units instead of one": _size(classes, hidden, hidden),
        f"there are two hidden layers, of {hidden} and {hidden // 2} units, instead of one": _size(
            classes, hidden, hidden // 2
        ),
        "the biases are missing": _size(classes, hidden, bias=0),
        "there is no hidden layer": _size(classes),
    }
    return {text: seen("parameters", count) for text, count in known.items()}


def one_of(*cases: Case) -> st.SearchStrategy[Case]:
    return st.sampled_from(cases)


def classifier_network(classes: int, *, hidden: int = 0, most: int = 0) -> Operator:
    """A classifier of images: shapes, no activation at the end, size, and what it is made of.

    ``hidden`` asks for exactly one hidden layer of that many units; ``most`` for at most so many parameters.
    """

    def reference(case: Case) -> Outputs:
        return {
            "shape[7 images]": np.array([7.0, classes]),
            "shape[1 image]": np.array([1.0, classes]),
            "parameters": np.asarray(_size(classes, hidden) if hidden else 0.0),
            "unused": np.asarray(0.0),
            **ones("activation", "evaluation", "get_parameters", "saving"),
            **signatures(),
        }

    mistakes = {
        **COMMON,
        **mistakes_of(
            {
                "activation": ACTIVATIONS,
                "evaluation": {
                    0.0: "eval() does not stop the randomness: use torch.nn.Dropout, or pass self.training on"
                },
            }
        ),
        **(_sizes(classes, hidden) if hidden else {}),
    }
    cases = one_of(*(Case({}, {"classes": classes}, {"seed": seed, "most": -1 if hidden else most}) for seed in (1, 2)))
    return Operator("Network", cases, reference, exact, mistakes=mistakes, upstream=())


LOSSES = {
    0.0: "the number is not the mean loss of the batch before the update",
    2.0: "it is the loss after the update: return the one that the update was made for",
    3.0: "the mean loss is multiplied by the size of the batch: loss_fn has taken the mean already",
    4.0: "the mean loss is divided by the size of the batch: loss_fn has taken the mean already",
}
CLASS_LOSSES = {
    **LOSSES,
    5.0: "a softmax is applied before the loss, which has its own",
    6.0: "a sigmoid is applied before the loss: it takes the scores as they are",
    7.0: "a ReLU is applied before the loss: it takes the scores as they are",
    8.0: "it is 0 whatever the batch: return the loss of this step",
}
IMAGE_LOSSES = {
    **LOSSES,
    8.0: "the images are compared with themselves: the loss is 0 whatever the network does",
    9.0: "it is the sum over all pixels instead of the mean",
}
_UNSEEN: dict[str, Reference] = {
    "nothing moves, so this cannot be seen": lambda case: {
        output: np.asarray(-1.0) for output in ("all layers", "cleared", "optimizer", "lrate")
    }
}


def training_steps(classes: int) -> Operator:
    """``step``: one update, its loss, and what is left over for the next one."""

    def reference(case: Case) -> Outputs:
        return {
            "number": np.asarray(0.0),
            "all layers": np.asarray(0.0),
            **ones("loss", "update", "cleared", "optimizer", "lrate"),
        }

    def derive(case: Case, got: Mapping[str, Array]) -> tuple[Outputs, Outputs]:
        """Any finite number has the right form; whether it is right is asked apart."""
        number = got.get("number", np.zeros(()))
        finite = number.shape == () and bool(np.isfinite(number))
        return {"number": np.asarray(number, dtype=np.float64) if finite else np.zeros(())}, {}

    meanings = {
        "loss": CLASS_LOSSES if classes else IMAGE_LOSSES,
        "update": {
            0.0: "no parameter moves: backward() or the optimizer's step() is missing or has other parameters, or "
            "gradients are cleared or clipped away before it",
            -2.0: "the gradients are two or three times those of the loss: is backward() called more than once?",
            -1.0: "the update goes up the gradient, or along another one",
            **{float(n): f"{n} updates are made in one step: one is asked" for n in range(2, 9)},
        },
        "all layers": {
            **{float(n): f"{n} weights or biases do not move: the optimizer does not have them" for n in range(1, 13)},
        },
        "cleared": {0.0: "gradients of earlier steps are added up: zero_grad() is missing"},
        "optimizer": {0.0: "the optimizer is built anew in every step and forgets its moments: build it in __init__"},
        "lrate": {0.0: "lrate is ignored: with lrate 0 parameters must not move"},
    }
    cases = one_of(*(Case({}, {"classes": classes}, {"seed": seed}) for seed in (1, 2)))
    mistakes = {**mistakes_of(meanings), **_UNSEEN}
    return Operator("Step", cases, reference, exact, mistakes=mistakes, upstream=(), derive=derive)
