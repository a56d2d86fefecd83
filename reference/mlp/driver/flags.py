"""What the flags of the NumPy script change."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from .pictures import handed_out, made_up
from .script import heard, run_with
from .watch import Watch

TRAINING_PICTURES, TEST_PICTURES = 230, 100
"""The test set is so large, and round, because scripts split it in whole batches of a fixed size."""

FLAGS = ("dnn_hidden_units", "learning_rate", "max_steps", "batch_size", "eval_freq", "data_dir", "neg_slope")


def accuracy(train_mlp_numpy: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """accuracy(predictions, targets)."""
    yield "y", train_mlp_numpy.accuracy(case.x, case.t)


def flags(mlp_numpy: Any, train_mlp_numpy: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """The training script, run with all its flags on pictures made up here, while MLP is watched.

    That is: how it is made, what goes forward, and what parameters and gradients are around each update.
    """
    watch, failure = _run(mlp_numpy, train_mlp_numpy, case)
    yield from watch.outputs(case)
    if failure is not None:
        raise failure
    yield "max_steps", float(watch.updates)
    yield "eval_freq", _gap(watch.evaluations()) or -float(_gap(watch.partly()) > 0)
    yield "batch_size[pictures]", watch.new_batches()
    yield "new_batches", watch.new_batches()


def _gap(counts: list[int]) -> float:
    return float(min((b - a for a, b in pairwise(counts)), default=0))


def _run(mlp_numpy: Any, train_mlp_numpy: Any, case: Any) -> tuple[Watch, BaseException | None]:
    watch, network = Watch(3 * case.max_steps), mlp_numpy.MLP
    with (
        handed_out(made_up(case.seed, TRAINING_PICTURES, TEST_PICTURES), watch),
        heard(network, "__init__", lambda made, *settings: watch.made(*settings)),
        heard(network, "forward", lambda made, x, *_: watch.forward(x)),
        heard(network, "backward", lambda made, dout, *_: watch.learn(dout)),
        heard(network, "backward", lambda made, *_: watch.learned(made), late=True),
    ):
        failure = run_with(train_mlp_numpy.__file__, {flag: getattr(case, flag) for flag in FLAGS})
    if failure is None:
        watch.end(case.learning_rate)
    return watch, failure
