"""The PyTorch training scripts, run as the command line runs them on other pictures while torch is listened to."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from .able import able_convnet, able_mlp
from .listening import Listener, listening
from .passes import Pass, Passes
from .pictures import handed_out, made_up
from .script import heard, replaced, run_with

MLP_FLAGS = ("dnn_hidden_units", "learning_rate", "max_steps", "batch_size", "eval_freq", "data_dir", "neg_slope")
CONVNET_FLAGS = ("learning_rate", "max_steps", "batch_size", "eval_freq", "data_dir")
LESS = 16.0


class NeverTestedError(Exception):
    """The script has not shown its network the test set."""


@dataclass
class Run:
    """What a run of a script has shown; ``settings`` are those of every MLP that it made."""

    passes: Passes
    heard: Listener
    settings: list[tuple[Any, Any]]
    failure: BaseException | None


@dataclass
class Script:
    """A script, and the module ``owner`` from which it imports the class ``network``."""

    path: str
    owner: Any
    network: Any

    def run(self, parts: Any, flags: Mapping[str, Any], passes: Passes, seed: int = 0, first_only: bool = False) -> Run:
        """Run it with flags on these pictures; ``first_only`` stops it after its first update."""
        settings: list[tuple[Any, Any]] = []

        def made(_: Any, inputs: Any = 0, hidden: Any = (), classes: Any = 0, slope: Any = np.nan, *more: Any) -> None:
            settings.append((list(hidden), slope))

        for start in (random.seed, np.random.seed, torch.manual_seed):
            start(seed)
        with ExitStack() as stack:
            stack.enter_context(np.errstate(all="ignore"))
            stack.enter_context(handed_out(parts, passes))
            if hasattr(self.owner, "MLP"):
                stack.enter_context(replaced(self.owner, "MLP", self.network))
                stack.enter_context(heard(self.network, "__init__", made))
            else:
                stack.enter_context(replaced(self.owner, "ConvNet", self.network))
            listener = stack.enter_context(listening(passes, self.network, first_only))
            failure = run_with(self.path, flags)
            if failure is None and not first_only:
                listener.end()
        return Run(passes, listener, settings, failure)


def _mlp(mlp_pytorch: Any, train_mlp_pytorch: Any) -> Script:
    return Script(train_mlp_pytorch.__file__, mlp_pytorch, able_mlp(mlp_pytorch.MLP))


def _rate(fast: Run, slow: Run) -> float:
    """1 when the first update goes with the learning rate, 0 when it is the same for each, 2 otherwise."""
    far, near = fast.heard.moved, slow.heard.moved
    if not far or not np.isfinite(far):
        return -1.0
    ratio = far / near if near else np.inf
    if LESS / 2 < ratio < LESS * 2:
        return 1.0
    return 0.0 if 0.5 < ratio < 2 else 2.0


def _gap(passes: Passes, steps: int) -> float:
    """The least number of updates between two tests, the first and last ones left out; -1 for tests on a small part."""
    groups = {made: group for made, group in passes.tests().items() if 1 < made < min(passes.updates, steps) - 1}
    tested = sorted(made for made, group in groups.items() if passes.shows_most(group))
    return float(min((b - a for a, b in pairwise(tested)), default=-(len(groups) > 1)))


def _rows(learned: list[Pass], wanted: int) -> int:
    """How many pictures an update learns from, not ``wanted`` if one differs; 0 when they are always the same."""
    if len({one.updates for one in learned}) > 1 and len({one.content for one in learned}) == 1:
        return 0
    return next((one.rows for one in learned if one.rows != wanted), wanted)


def _behaviour(run: Run, case: Any) -> Iterator[tuple[str, Any]]:
    passes, learned = run.passes, run.passes.learned()
    if learned:
        yield "batch_size", float(_rows(learned, case.batch_size))
        yield "cleared", float(not any(run.heard.stale))
        on_test = [p.places is not None and bool((p.places >= 0).any()) for p in learned]
        yield "training set", float(not any(on_test))
        yield "training mode", float(not any(any(p.settled) for p in learned))
    if run.failure is not None:
        raise run.failure
    yield "max_steps", float(passes.updates)
    yield "eval_freq", _gap(passes, case.max_steps)
    tests = [one for group in passes.tests().values() for one in group]
    if tests:
        yield "evaluation mode", float(all(all(p.settled) for p in tests))
        yield "without gradients", float(not any(p.recorded for p in tests))
    yield "data_dir", float(any(case.data_dir in folder for folder in passes.folders))


def _runs(script: Script, case: Any, names: tuple[str, ...]) -> tuple[Run, Run]:
    """The script with the case's flags, and its first update with a smaller learning rate.

    A script that splits its test set in whole batches of a fixed size has none of a small one, so that is tried with a
    larger one.
    """
    flags = {name: getattr(case, name) for name in names}
    parts = made_up(case.seed, case.train, case.test)
    run = script.run(parts, flags, Passes(3 * case.max_steps))
    if case.many > case.test and _gap(run.passes, case.max_steps) <= 0:
        more = made_up(case.seed, case.train + case.many, case.many)
        larger = script.run(more, flags, Passes(3 * case.max_steps))
        if _gap(larger.passes, case.max_steps) > 0:
            run, parts = larger, more
    return run, script.run(parts, flags | {"learning_rate": case.learning_rate / LESS}, Passes(1), first_only=True)


def mlp_flags(mlp_pytorch: Any, train_mlp_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """The script of the MLP with all its flags."""
    run, slow = _runs(_mlp(mlp_pytorch, train_mlp_pytorch), case, MLP_FLAGS)
    units, slopes = run.heard.units[:-1], run.heard.slopes
    hidden, slope = run.settings[0] if run.settings else (units, slopes[0] if slopes else np.nan)
    if run.settings or run.passes.passes:
        yield "dnn_hidden_units", np.array([int(size) for size in hidden], dtype=float)
        yield "neg_slope", float(slope)
    if run.passes.losses:
        yield "learning_rate", _rate(run, slow)
    yield from _behaviour(run, case)


def convnet_flags(convnet_pytorch: Any, train_convnet_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """The script of the ConvNet with all its flags."""
    network = able_convnet(convnet_pytorch.ConvNet)
    run, slow = _runs(Script(train_convnet_pytorch.__file__, convnet_pytorch, network), case, CONVNET_FLAGS)
    if run.passes.losses:
        yield "learning_rate", _rate(run, slow)
        yield "optimizer", float(bool(run.heard.optimizers) and _is_adam(run.heard.optimizers[0]))
    yield from _behaviour(run, case)


def _is_adam(optimizer: Any) -> bool:
    return any("Adam" in kind.__name__ for kind in type(optimizer).__mro__)


def mlp_trained(mlp_pytorch: Any, train_mlp_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """The curve of the loss, how it went, and the predictions of the last test.

    The pictures that the script tests on come with classes that say nothing: the grader has the right ones.
    """
    parts = (case.x, case.labels), (case.test, np.arange(len(case.test)) % 10)
    passes = Passes(3 * case.max_steps, learned_too=False)
    flags = {name: getattr(case, name) for name in MLP_FLAGS}
    run = _mlp(mlp_pytorch, train_mlp_pytorch).run(parts, flags, passes, case.seed)
    losses = np.array(passes.losses)
    if losses.size:
        yield "curve loss", losses
        yield "loss", _course(losses)
    if run.failure is not None:
        raise run.failure
    tests = passes.tests()
    if not tests:
        raise NeverTestedError("the test set has never gone through the network")
    yield "predictions", passes.predictions(tests[max(tests)])


def _course(losses: Any) -> float:
    """1 when the loss falls, 0 when it does not, 2 when it ends in infinity or no number."""
    part = max(1, len(losses) // 5)
    if not np.isfinite(losses[-part:]).all():
        return 2.0
    return float(losses[-part:].mean() < losses[:part].mean())


def _accuracy(script: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """accuracy(predictions, targets), of tensors or, where the code wants those, of arrays."""
    try:
        value = script.accuracy(torch.from_numpy(case.x), torch.from_numpy(case.t))
    except NotImplementedError:
        raise
    except Exception:
        value = script.accuracy(case.x, case.t)
    yield "y", value.item() if isinstance(value, torch.Tensor) and value.numel() == 1 else value


def mlp_accuracy(train_mlp_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """The function of the MLP's script."""
    yield from _accuracy(train_mlp_pytorch, case)


def convnet_accuracy(train_convnet_pytorch: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """The function of the ConvNet's script."""
    yield from _accuracy(train_convnet_pytorch, case)
