"""The rubric of the MLP homework: its points, and aspects and calls that exist."""

from __future__ import annotations

from checker.drawing import draw
from checker.operator import aspect_of
from checker.sitting import provided_files
from reference.mlp import driver
from reference.mlp.rubric import ASSIGNMENT, MODULE_TASKS, NUMPY, TRAINING_SCRIPT

TASKS = {task.id: task for task in (*NUMPY.tasks, *TRAINING_SCRIPT.tasks)}


def test_the_numpy_mlp_is_worth_fifteen_points_and_the_derivations_forty_one() -> None:
    """The sums are facts of the homework."""
    assert sum(task.max_points for task in TASKS.values()) == 15
    assert [manual.points for manual in NUMPY.manual] == [15, 15, 5, 6]


def test_points_are_given_for_outputs_that_exist() -> None:
    """Every aspect is an output of its operator, and every call a function of the driver."""
    for task in TASKS.values():
        examples = task.operator.examples or draw(task.operator.cases, 0, 3)
        outputs = {aspect_of(output) for case in examples for output in task.operator.reference(case)}

        assert set(task.points) <= outputs, task.id
        assert callable(getattr(driver, task.call))


def test_iteration_costs_half_of_a_module_and_concerns_nothing_else() -> None:
    """A network may go through its layers in a loop, a script through its steps."""
    rule = next(rule for rule in NUMPY.rules if rule.id == "matrix_operations")

    assert rule.deduct == "half"
    assert set(rule.tasks) == {task.id for task in MODULE_TASKS} == {"linear", "leaky_relu", "softmax", "cross_entropy"}
    assert all(".forward" in name or ".backward" in name for task in MODULE_TASKS for name in task.where)


def test_each_task_needs_only_its_own_files() -> None:
    """A syntax error in the training script does not cost the modules."""
    assert {name: [file.rsplit("/", 1)[1] for file in TASKS[name].files] for name in ("linear", "mlp", "flags")} == {
        "linear": ["modules.py"],
        "mlp": ["modules.py", "mlp_numpy.py"],
        "flags": ["mlp_numpy.py", "train_mlp_numpy.py"],
    }


def test_provided_files_are_in_the_handout() -> None:
    """What is laid over a submission is there."""
    assert all(path.is_file() for path in provided_files(ASSIGNMENT, NUMPY).values())
