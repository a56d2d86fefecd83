"""Times and prices are read as they are meant, or refused with the right spelling."""

from datetime import timedelta

import pytest

from checker.batch.quantities import Amount, amount, duration, price, price_text


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("15 minutes", timedelta(minutes=15)),
        ("1 day", timedelta(days=1)),
        ("1.5 hours", timedelta(minutes=90)),
        ("2 weeks", timedelta(days=14)),
        ("0 minutes", timedelta()),
    ],
)
def test_time_spans(written, span):
    """A number and a unit."""
    assert duration(written) == span


@pytest.mark.parametrize("written", ["", "day", "1 month", "-1 day", "1e9 days", "999999 weeks", "1 day extra"])
def test_what_is_no_time_span(written):
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"time span|longer"):
        duration(written)


def test_amounts_are_points_or_a_share():
    """A percentage is one of something; points are points."""
    assert amount("10%").of(40) == 4
    assert amount(2.5).of(40) == 2.5
    assert (str(Amount(10, True)), str(Amount(1)), str(Amount(2))) == ("10%", "1 point", "2 points")


@pytest.mark.parametrize("written", ["10", "-10%", "101%", "ten%", -1, float("nan"), float("inf")])
def test_what_is_no_amount(written):
    """No negative, endless or unmarked amount."""
    with pytest.raises(ValueError, match="number"):
        amount(written)


@pytest.mark.parametrize(
    ("written", "deduct", "words"),
    [
        ("deduct all", "all", "all of the points"),
        ("deduct half", "half", "half of the points"),
        ("deduct 2.5", 2.5, "2.5 points"),
        ("note", "note", "a note"),
    ],
)
def test_prices(written, deduct, words):
    """The prices of the rubric, as a course writes them."""
    assert price(written) == deduct
    assert price_text(price(written)) == words


@pytest.mark.parametrize("written", ["deduct", "all", "2", "deduct -2", "deduct everything", "notes"])
def test_what_is_no_price(written):
    """The message lists the prices that there are."""
    with pytest.raises(ValueError, match='"deduct all"'):
        price(written)
