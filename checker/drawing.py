"""How Hypothesis is run here: every draw is a function of strategy, seed and count alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

from checker.operator import Case


def derive_seed(*parts: object) -> int:
    """A 64-bit seed from a path of names and numbers, the same in every process."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@contextmanager
def _independent_draws() -> Iterator[None]:
    # Hypothesis also draws numbers that it finds in the source of loaded modules: any edit would change an exam.
    # And it copies parts of earlier cases into later ones: of 60 cases, about 15 would really differ.
    with (
        patch.object(providers, "_get_local_constants", Constants),
        patch.object(ConjectureRunner, "generate_mutations_from", lambda runner, data: None),
    ):
        providers.CONSTANTS_CACHE.cache.clear()
        try:
            yield
        finally:
            providers.CONSTANTS_CACHE.cache.clear()


def run(strategy: SearchStrategy[Case], seed: int, count: int, body: Callable[[Case], None], *, shrink: bool) -> None:
    """Call ``body`` on ``count`` drawn cases; with ``shrink``, on smaller ones too once it has raised.

    An exception of ``body`` comes out as Hypothesis raises it.
    """
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        derandomize=False,
        database=None,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(strategy)
    def examine(case: Case) -> None:
        body(case)

    with _independent_draws():
        examine()


def draw(strategy: SearchStrategy[Case], seed: int, count: int) -> list[Case]:
    """At most ``count`` different cases (fewer only where the strategy has fewer)."""
    cases: dict[str, Case] = {}

    def record(case: Case) -> None:
        cases.setdefault(case.key, case)

    run(strategy, seed, count, record, shrink=False)
    return list(cases.values())


def simplest(strategy: SearchStrategy[Case]) -> Case:
    """The case that every drawn case shrinks to."""
    found: list[Case] = []

    def record(case: Case) -> None:
        found.append(case)

    # The first case of a run is always the simplest one.
    run(strategy, 0, 1, record, shrink=False)
    return found[0]
