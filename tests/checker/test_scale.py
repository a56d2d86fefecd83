"""A measured number earns its share."""

import math

import pytest

from checker.scale import Scale


@pytest.mark.parametrize(
    ("value", "share"), [(0.9, 1), (0.7, 1), (0.55, 0.5), (0.4, 0), (0.1, 0), (math.nan, 0), (math.inf, 1)]
)
def test_proportion(value, share):
    """Full from the upper threshold on, none below the lower one, in proportion between."""
    assert Scale("accuracy", full=0.7, none=0.4).share(value) == pytest.approx(share)


@pytest.mark.parametrize(("value", "share"), [(0.01, 1), (0.03, 1), (0.05, 0.5), (0.08, 0), (math.inf, 0)])
def test_less_is_better(value, share):
    """An error counts downwards."""
    assert Scale("MSE", full=0.03, none=0.07).share(value) == pytest.approx(share)


@pytest.mark.parametrize(("value", "share"), [(0.49, 0), (0.5, 0.3), (0.65, 0.6), (0.7, 1)])
def test_steps(value, share):
    """The last step reached counts."""
    scale = Scale("accuracy", 0.7, 0.5, steps=((0.5, 0.3), (0.6, 0.6), (0.7, 1.0)))

    assert scale.share(value) == share


def test_it_says_what_it_takes():
    """The number, and both thresholds."""
    assert Scale("accuracy", 0.7, 0.4).describe(0.5) == "accuracy 0.5; all points from 0.7, none below 0.4"
    assert Scale("MSE", 0.03, 0.07).describe(0.5) == "MSE 0.5; all points up to 0.03, none above 0.07"
