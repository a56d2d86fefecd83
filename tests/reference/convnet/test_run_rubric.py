"""Whole runs of part 2: what is expected of them, and that the faults of a run can be told apart."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from checker.bounds import FLOAT32, K
from checker.operator import Case, aspect_of
from reference.convnet.rubric import ASSIGNMENT
from reference.convnet.run_rubric import MAIN, RUNS
from reference.operators import configured_run as operator
from reference.operators.saved_weights import MISTAKES, saved_weights

HANDOUT = ASSIGNMENT.handout / "part2-pytorch"


def _case(note: str) -> Case:
    return next(case for case in operator.EXAMPLES if case.note == note)


def test_points_are_given_for_outputs_that_exist() -> None:
    """Every output has its aspect."""
    for case in operator.EXAMPLES:
        assert {aspect_of(output) for output in operator.reference(case)} == MAIN.points.keys()
    assert MAIN.max_points == 2


def test_learning_rates() -> None:
    """A tenth from the first step on, a hundredth from the second; a warm-up rises to the full rate."""
    assert np.allclose(operator.reference(_case("balanced data"))["learning rate"], [0.01, 0.01, 0.001, 0.0001])
    rates = operator.reference(_case("a warm-up"))["learning rate"]
    assert np.allclose(rates, [0.025, 0.05, 0.05, 0.005, 0.0005])


def test_class_sizes_and_weights() -> None:
    """As the provided data set makes them; without reweight all weights are 1."""
    focal = operator.reference(_case("focal loss"))

    assert focal["class sizes"].tolist() == [100, 59, 35, 21, 12, 7, 4, 2, 1, 1]
    assert np.isclose(focal["class weights"].sum(), 10)
    assert operator.reference(_case("balanced data"))["class weights"].tolist() == [1] * 10


def test_faults_are_seen_and_told_apart() -> None:
    """Each predicts numbers far beyond the bound in some case, and no two the same ones everywhere."""
    seen = set()
    for name, mistake in operator.MISTAKES.items():
        visible, predicted = False, []
        for case in operator.EXAMPLES:
            right = operator.reference(case)
            bound = operator.bound(case, right, FLOAT32)
            wrong = mistake(case)
            visible |= any(np.any(np.abs(wrong[o] - right[o]) > 10 * K * bound[o]) for o in wrong)
            predicted.append(sorted((output, wrong[output].tobytes()) for output in wrong))
        assert visible, name
        seen.add(repr(predicted))
    assert len(seen) == len(operator.MISTAKES)


def test_every_handed_out_configuration_has_an_example() -> None:
    """What students run is what is asked: every network, both kinds of data and both losses."""
    asked = {case.options["network"] for case in operator.EXAMPLES}
    text = "".join(path.read_text() for path in (HANDOUT / "configs").glob("*.yaml"))

    assert asked == set(re.findall(r"model: (\S+)", text))
    assert {case.options["loss_type"] for case in operator.EXAMPLES} == {"CE", "Focal"}
    assert {case.options["imbalance"] for case in operator.EXAMPLES} == {"regular", "imbalance"}


def test_data_are_served_with_equal_classes(tmp_path: Path) -> None:
    """So that the sizes of the imbalanced set are known."""
    assert RUNS.data is not None
    RUNS.data(tmp_path)

    assert (tmp_path / "cifar-10-batches-py/data_batch_1").is_file()


def test_saved_weights_are_worth_what_the_best_way_of_asking_gives() -> None:
    """Pictures are normalised in one of several ways; without labels a person has to judge."""
    asked = saved_weights("VanillaCNN")
    assert asked.measure is not None
    assert asked.judge is not None
    assert asked.metrics is not None
    labels = np.array([3, 1, 4, 1])
    outputs = {"predictions[a]": np.array([3.0, 1, 0, 0]), "predictions[b]": np.array([3.0, 1, 4, 0])}
    real = Case({}, hidden={"labels": labels})

    assert asked.measure(real, outputs) == {"accuracy": 0.75}
    assert asked.metrics(real, outputs)["accuracy"] == 0.75
    assert asked.judge(real, outputs).undecided == {}
    assert "not prepared" in asked.judge(Case({}), outputs).undecided["accuracy"]
    assert asked.metrics(Case({}), outputs) == {}
    assert len({float(predict(real)["fits"]) for predict in MISTAKES.values()} | {1.0}) == len(MISTAKES) + 1
