"""Small sets divided by code that counts on the published number of images."""

from __future__ import annotations

import pytest
import torch
from torch.utils.data import DataLoader, Subset, SubsetRandomSampler, TensorDataset

from checker.datasets import splits


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``allow`` changes is put back afterwards."""
    data = torch.utils.data
    for owner, name in (
        (data, "random_split"),
        (data.dataset, "random_split"),
        (data.Subset, "__init__"),
        (data.DataLoader, "__init__"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    splits.allow(torch)


def _set(length: int = 4000) -> TensorDataset:
    return TensorDataset(torch.arange(length))


def test_random_split_keeps_the_proportions(allowed: None) -> None:
    """Parts add up to the set, and share no image."""
    train, val = torch.utils.data.random_split(_set(), [50000, 10000])

    assert (len(train), len(val)) == (3333, 667)
    assert not {*train.indices} & {*val.indices}


@pytest.mark.parametrize("lengths", [[3000, 1000], [0.75, 0.25]])
def test_right_lengths_are_taken_as_they_are(allowed: None, lengths: list[float]) -> None:
    """Lengths of the set that is there, and shares."""
    assert [len(part) for part in torch.utils.data.random_split(_set(), lengths)] == [3000, 1000]


def test_lengths_that_leave_images_out_are_refused(allowed: None) -> None:
    """As torch does it."""
    with pytest.raises(ValueError, match="does not equal"):
        torch.utils.data.random_split(_set(), [3000, 500])


def test_subsets_of_published_places(allowed: None) -> None:
    """They hold the same share of the set and no place beyond its end."""
    train, val = Subset(_set(), range(50000)), Subset(_set(), range(50000, 60000))

    assert (len(train), len(val)) == (3334, 667)
    assert max(val.indices) == 3999
    assert len({*train.indices} & {*val.indices}) == 1
    assert Subset(_set(), range(10)).indices == range(10)


def test_samplers_of_published_places(allowed: None) -> None:
    """A loader draws from what is there."""
    loader = DataLoader(_set(), batch_size=100, sampler=SubsetRandomSampler(range(50000, 60000)))
    seen = torch.cat([batch[0] for batch in loader])

    assert len(seen) == 667
    assert int(seen.max()) == 3999
