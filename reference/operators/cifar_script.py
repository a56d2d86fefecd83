"""How a script that trains on CIFAR-10 behaves: its training, its test, its files, its model and its optimizer.

A driver calls the student's ``train``, ``test`` and model, and yields counts and codes: 1 means as asked, other codes
name what was seen instead. The codes of each output stand here, with their meaning. Only the accuracy that ``test``
counts has a counterpart, see ``classification``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import exact
from checker.cases import Palette
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators import classification
from reference.operators.held_out import held_out_accuracy
from reference.operators.training_behaviour import mistakes_of, one_of, ones

UNSEEN = "too few updates are made, so this cannot be seen"

training = Operator(
    "One epoch",
    one_of(*(Case({}, {}, {"seed": seed}) for seed in (1, 2))),
    lambda case: ones("updates", "cleared", "parameters", "loss", "training mode", "best model"),
    exact,
    mistakes={
        **mistakes_of(
            {
                "updates": {
                    0.0: "optimizer.step() is never called",
                    2.0: "the optimizer makes a step once per epoch: it belongs into the loop over batches",
                    3.0: "the optimizer makes more steps than there are batches",
                    4.0: "the parameters are moved by something else than the optimizer that train is given",
                    5.0: "two epochs do not make twice as many steps as one: epochs is not heeded, or one too many or "
                    "too few",
                    6.0: "a part of the batches is left out: an epoch learns from every batch of loader_train (is "
                    "there a break in the loop?)",
                    7.0: "the learning rate is 0 in most of the updates",
                },
                "cleared": {
                    -1.0: UNSEEN,
                    0.0: "gradients of earlier batches are added up (or there are none): optimizer.zero_grad() belongs "
                    "before loss.backward()",
                    2.0: "gradients are cleared only now and then: optimizer.zero_grad() belongs before every "
                    "loss.backward()",
                },
                "parameters": {
                    0.0: "no parameter moves: loss.backward(), then optimizer.step(), with nothing between them that "
                    "clears the gradients",
                    2.0: "not all parameters move",
                },
                "loss": {
                    0.0: "the cross entropy of the training images does not fall",
                    2.0: "a softmax is taken before the cross entropy, which has its own",
                    3.0: "a sigmoid is taken before the cross entropy, which takes scores as they are",
                    4.0: "a ReLU is taken before the cross entropy, which takes scores as they are",
                },
                "training mode": {0.0: "batches are never seen in training mode: model.train() is missing"},
                "best model": {
                    0.0: "nothing is saved: torch.save(model.state_dict(), ...) when the validation accuracy is higher "
                    "than best_acc",
                    2.0: "the last model is saved instead of the best: compare with best_acc and keep best_acc up to "
                    "date (a state_dict that is kept in memory has to be copied)",
                    3.0: "the model that is best on the training images is saved: ask the validation images",
                    4.0: "the model that is best on the test images is saved: ask the validation images",
                    5.0: "the model is saved after the first epoch and not again",
                    6.0: "the weights are saved before training, and not after it",
                    7.0: "what is saved are no weights of the model after any epoch",
                },
            }
        ),
        # One pass over the batches in five comes before the first validation.
        "the model stays in evaluation mode after the first validation: model.train() belongs into every epoch": (
            lambda case: {"training mode": np.asarray(0.2)}
        ),
    },
    upstream=(),
)

CLASSES = classification.CLASSES
COUNTED = "60% of 50 rows are right"


def _seen(case: Case) -> Array:
    return np.asarray(np.mean(case.arrays["x"].argmax(1) == case.arrays["labels"]))


def _reference(case: Case) -> Outputs:
    if case.protocol["kind"] == "files":
        return ones("saving", "loading")
    if case.protocol["kind"] == "part":
        return {"part": _seen(case)}
    return {"accuracy": _seen(case), **ones("evaluation mode", "without gradients")}


def _bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """A count that is divided once, or shares of batches averaged with weights; then perhaps per cent."""
    batches = 0
    if "x" in case.arrays:
        size = case.options["batch_size"]
        assert isinstance(size, int)
        batches = -(-len(case.arrays["x"]) // size) + 6
    counted = ("accuracy", "part")
    return {name: np.asarray(batches * u if name in counted else 0.0) for name in expected}


def _counting(seed: int, rows: int, batch_size: int, share: float, kind: str = "count") -> Case:
    """``share`` of the rows are right; with these rows, per cent are whole numbers."""
    rng = Palette("normal", seed).rng("order")
    labels = rng.integers(0, CLASSES, rows)
    x = np.stack([rng.permutation(CLASSES) - 12.0 for _ in range(rows)])
    right = rng.permutation(rows) < round(share * rows)
    top = np.where(right, labels, (labels + rng.integers(1, CLASSES, rows)) % CLASSES)
    x[np.arange(rows), top] = 10.0
    return Case({"x": x, "labels": labels}, {"batch_size": batch_size}, {"kind": kind})


@st.composite
def _counting_cases(draw: DrawFn) -> Case:
    rows = draw(st.sampled_from((20, 25, 50)))
    # The last batch is never whole, so that batches cannot be averaged as if they were alike.
    batch_size = draw(st.integers(3, 9).filter(lambda size: rows % size))
    kind = draw(st.sampled_from(("count", "count", "part")))
    return _counting(draw(st.integers(0, 2**16 - 1)), rows, batch_size, draw(st.integers(3, 8)) / 10, kind)


def _of_batches(case: Case) -> list[float]:
    x, labels, size = case.arrays["x"], case.arrays["labels"], case.options["batch_size"]
    assert isinstance(size, int)
    right = x.argmax(1) == labels
    return [float(right[start : start + size].mean()) for start in range(0, len(x), size)]


def _wrong(count: Callable[[Case], float], name: str = "accuracy", *, unless: str = "files") -> Reference:
    return lambda case: {} if case.protocol["kind"] == unless else {name: np.asarray(count(case))}


def _rows(case: Case) -> float:
    return float(len(case.arrays["x"]))


def _least(case: Case) -> float:
    return float(np.mean(case.arrays["x"].argmin(1) == case.arrays["labels"]))


def _mean(case: Case) -> float:
    return float(np.mean(_of_batches(case)))


def _last(case: Case) -> float:
    return _of_batches(case)[-1]


MISTAKES: dict[str, Reference] = {
    "it is the mean of the batches' accuracies, although the last batch is smaller": _wrong(_mean),
    "it is the accuracy of the last batch": _wrong(_last),
    "the sum of right answers is divided by the number of batches": _wrong(
        lambda case: float(_seen(case)) * _rows(case) / len(_of_batches(case)) / 100
    ),
    "it is a count: divide it by the number of images": _wrong(lambda case: float(_seen(case)) * _rows(case) / 100),
    "it is the share of wrong answers": _wrong(lambda case: 1 - float(_seen(case))),
    "the lowest score is taken instead of the highest": _wrong(_least),
    "right answers of a part of the data set are divided by the length of the whole: count the labels": lambda case: (
        {"part": _seen(case) / 2} if case.protocol["kind"] == "part" else {}
    ),
    **mistakes_of(
        {
            "evaluation mode": {0.0: "the model was not put into evaluation mode: model.eval()"},
            "without gradients": {0.0: "gradients are recorded: torch.no_grad() is missing"},
            "saving": {
                0.0: "nothing is saved",
                2.0: "what is saved does not fit a new model: save model.state_dict(), with all of its entries",
                3.0: "a new model with what is saved predicts something else",
            },
            "loading": {
                0.0: "the script never loads what it has saved: model.load_state_dict(torch.load(...)), then test",
                2.0: "the saved weights are loaded and not tested: test(loader_test, model) has to come after it",
                3.0: "the saved weights are loaded into one model, and another one is tested",
            },
        }
    ),
}


def _told(case: Case, outputs: Mapping[str, Array]) -> dict[str, Array]:
    """Of one example, the accuracy that the student's code counted beside the right one."""
    if case.note != COUNTED or outputs["accuracy"].size != 1:
        return {}
    return {"claimed accuracy": outputs["accuracy"], "accuracy": _seen(case)}


testing = Operator(
    "Accuracy, saving and loading",
    _counting_cases(),
    _reference,
    _bound,
    examples=(
        replace(_counting(1, 50, 8, 0.6), note=COUNTED),
        _counting(2, 20, 7, 0.3),
        _counting(3, 25, 4, 0.4, "part"),
        Case({}, {}, {"kind": "files"}, note="the student's own model and script"),
    ),
    mistakes=MISTAKES,
    upstream=(),
    metrics=_told,
)


def own_classifier(case: Callable[[], Case]) -> Operator:
    """The student's own model, trained and measured; ``case`` has images and labels, images to test, hidden labels."""
    measured = held_out_accuracy(case)
    return Operator(
        measured.name,
        measured.cases,
        lambda case: {"shape": np.array([7.0, CLASSES]), "frozen": np.asarray(0.0), **ones("scores")},
        exact,
        mistakes=mistakes_of(
            {
                "scores": {
                    2.0: "a softmax is taken twice: the model ends in one, and the cross entropy, which has its own, "
                    "takes its probabilities for scores",
                    3.0: "the negative log likelihood (nll_loss) gets scores, and takes them for logarithms of "
                    "probabilities: cross_entropy is for scores, or log_softmax comes before nll_loss",
                },
                "frozen": {
                    float(count): f"{count} of the model's weights and biases, more than half of its numbers, are "
                    "frozen (requires_grad is False): they never learn"
                    for count in range(1, 100)
                },
            }
        ),
        upstream=(),
        measure=measured.measure,
        metrics=measured.metrics,
    )


own_optimizer = Operator(
    "Optimizer",
    st.just(Case({}, {})),
    lambda case: {**ones("kind"), "left out": np.asarray(0.0)},
    exact,
    mistakes=mistakes_of(
        {
            "kind": {0.0: "it is no torch.optim.Optimizer"},
            "left out": {
                float(count): f"{count} of the model's weights and biases are not in the optimizer (layers in a plain "
                "list instead of a torch.nn.ModuleList are not among model.parameters())"
                for count in range(1, 100)
            },
        }
    ),
    upstream=(),
)
