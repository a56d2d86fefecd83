"""Let code that counts on a data set's published number of images divide a smaller set in the same proportions.

``random_split(train, [50000, 10000])`` and ``Subset(train, range(50000, 60000))`` fail on a small set. With this they
get the same share of it. Sets that are as long as the code expects are divided as ever. Runs in the student's process,
before the student's code imports anything; needs torch and the standard library only, and can be loaded by its path.
"""

from __future__ import annotations

from typing import Any

PUBLISHED = 60000
"""Images that the published training set has: places from the set's own length on are meant for that many."""


def allow(torch: Any) -> None:
    """Change ``random_split``, ``Subset`` and ``SubsetRandomSampler`` of ``torch.utils.data``."""
    data = torch.utils.data
    split, start_subset = data.random_split, data.Subset.__init__

    def random_split(dataset: Any, lengths: Any, *arguments: Any, **options: Any) -> Any:
        wanted, there = sum(lengths), len(dataset)
        # Shares that were rounded one by one (see counts) may leave an image out.
        unequal = wanted > there or 0 < there - wanted < len(lengths) - 1
        if unequal and all(float(length).is_integer() for length in lengths):
            lengths = shares(lengths, there)
        return split(dataset, lengths, *arguments, **options)

    def start(self: Any, dataset: Any, indices: Any) -> None:
        start_subset(self, dataset, fitting(indices, len(dataset)))

    data.random_split = data.dataset.random_split = random_split
    data.Subset.__init__ = start
    start_loader = data.DataLoader.__init__

    def loader(self: Any, dataset: Any, *arguments: Any, **options: Any) -> None:
        sampler = options.get("sampler")
        if isinstance(sampler, data.SubsetRandomSampler):
            sampler.indices = fitting(sampler.indices, len(dataset))
        start_loader(self, dataset, *arguments, **options)

    data.DataLoader.__init__ = loader


def shares(lengths: Any, there: int) -> list[int]:
    """Lengths in the same proportions that add up to what is there."""
    wanted = sum(lengths)
    ends = [round(sum(lengths[: i + 1]) * there / wanted) for i in range(len(lengths))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def fitting(indices: Any, there: int) -> Any:
    """Places in a set of ``there`` images, from places in the published set where some lie beyond the end.

    Places at the same share of the set, each once: parts without overlap stay so, but for one image at a border.
    """
    if not hasattr(indices, "__len__") or not len(indices) or int(max(indices)) < there:
        return indices
    published = max(PUBLISHED, int(max(indices)) + 1)
    return list(dict.fromkeys(int(index) * there // published for index in indices))
