"""How training with ``fit`` behaves, seen from outside, in the codes of ``training_behaviour``."""

from __future__ import annotations

import numpy as np

from checker.bounds import exact
from checker.operator import Case, Operator, Outputs, Reference
from reference.operators.training_behaviour import mistakes_of, one_of, ones, seen


def _fit_case(classes: int, rows: int, dev: int, n_iter: int, batch: int, **protocol: str | bool | int) -> Case:
    options = {"rows": rows, "dev": dev, "n_iter": n_iter, "batch": batch, "classes": classes}
    return Case({}, options, {"seed": 3, **protocol})


def _option(case: Case, name: str) -> float:
    value = case.options[name]
    assert isinstance(value, int)
    return float(value)


def _plus(output: str, option: str, more: float, factor: float = 1.0) -> Reference:
    return lambda case: {output: np.asarray(factor * _option(case, option) + more)}


def _epochs(output: str) -> Reference:
    return lambda case: {
        output: np.asarray(_option(case, "n_iter") * -(-_option(case, "rows") // _option(case, "batch")))
    }


def _whole_epochs(output: str) -> Reference:
    return lambda case: {
        output: np.asarray(_option(case, "n_iter") * (_option(case, "rows") // _option(case, "batch")))
    }


FORMS = {
    2.0: "the predictions are a torch tensor: return a NumPy array",
    3.0: "the predictions are a list or no array: return a NumPy array",
    4.0: "the predictions have another shape: one per row of the development set is asked",
    5.0: "the predictions have the wrong dtype: whole numbers for classes, floating-point numbers for images",
}


LABELS = {"labels": {0.0: "images get the labels of others: take both with the same indices"}}


def fitting(classes: int) -> Operator:
    """``fit`` on a small set: how often it steps, with which batches, and what it returns."""

    def reference(case: Case) -> Outputs:
        losses = {"losses": np.asarray(_option(case, "n_iter"))}
        if case.options["n_iter"] == 1:
            return {**losses, **ones("network")}
        return {
            **losses,
            "steps": np.asarray(_option(case, "n_iter")),
            "batch size": np.asarray(_option(case, "batch")),
            "DataLoader": np.asarray(0.0),
            **ones("new batches", "form", "evaluation", "network", *(["labels"] if classes else [])),
        }

    mistakes: dict[str, Reference] = {}
    for output, what in (("losses", "losses are returned"), ("steps", "steps are made")):
        mistakes |= {
            f"n_iter is taken as epochs: {what} for every batch of each": _epochs(output),
            f"n_iter is taken as epochs without their last batch: {what} for every batch of each": _whole_epochs(
                output
            ),
            f"one too many: n_iter + 1 {what}": _plus(output, "n_iter", 1.0),
            f"one too few: n_iter - 1 {what}": _plus(output, "n_iter", -1.0),
        }
    mistakes |= {
        "no losses are returned": seen("losses", 0.0),
        "the losses are all the same, or below zero: return what each step returned": seen("losses", -1.0),
        "losses of an earlier call of fit come back, too: begin with a new list in every call": seen("losses", -2.0),
        "step is called twice for every batch": _plus("steps", "n_iter", 0.0, factor=2.0),
        "step is not called: fit trains in another way": seen("steps", 0.0),
        "the whole training set goes into every step": _plus("batch size", "rows", 0.0),
        "every step gets a single image": seen("batch size", 1.0),
        "batch_size is ignored: a batch has 100 images": seen("batch size", 100.0),
        **mistakes_of(
            {
                "new batches": {0.0: "every step gets the same images: the later batches are never used"},
                **(LABELS if classes else {}),
                "DataLoader": {1.0: "a DataLoader is used: batches are to be made by hand"},
                "form": FORMS,
                "evaluation": {0.0: "predictions are made in training mode: call net.eval() before them"},
                "network": {
                    0.0: "the predictions are not those of the network that is returned",
                    2.0: "the network of an earlier call of fit is trained on: make a new one in every call",
                    3.0: "the predictions were made before the last step",
                    4.0: "the development set is not scaled as the training set is: standardise both with the mean and "
                    "deviation of the training set",
                },
            }
        ),
    }
    cases = one_of(_fit_case(classes, 170, 9, 7, 20), _fit_case(classes, 60, 7, 1, 20))
    return Operator("Fit", cases, reference, exact, mistakes=mistakes, upstream=())


KINDS = ("uneven batches", "small training set", "few rows", "constant pixels")


def fitting_any_set(classes: int) -> Operator:
    """``fit`` on sets of all sizes: each kind of set is an output of its own."""
    meanings = {
        "uneven batches": {
            2.0: "a step gets an empty batch: after the last image, start again from the first",
            3.0: "losses or predictions become nan or inf",
            4.0: "training ends before n_iter steps: after the last image, start again from the first",
        },
        "small training set": {
            2.0: "a step gets an empty batch where there are fewer images than batch_size",
            3.0: "losses or predictions become nan or inf",
        },
        "few rows": {
            0.0: "a row's prediction depends on the other rows of the development set: standardise with the mean and "
            "deviation of the training set, and predict in evaluation mode, without noise"
        },
        "constant pixels": {3.0: "division by a zero standard deviation: some pixels are the same in every image"},
    }
    cases = one_of(
        _fit_case(classes, 50, 9, 9, 20, kind="uneven batches", constant=False),
        _fit_case(classes, 11, 9, 3, 20, kind="small training set", constant=False),
        _fit_case(classes, 60, 9, 24, 20, kind="few rows", constant=False),
        _fit_case(classes, 60, 9, 3, 20, kind="constant pixels", constant=True),
    )
    return Operator(
        "Fit on any set",
        cases,
        lambda case: ones(str(case.protocol["kind"])),
        exact,
        mistakes=mistakes_of(meanings),
        upstream=(),
    )
