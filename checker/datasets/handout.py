"""What of a data set a student's process may see, and what it is graded on."""

from __future__ import annotations

from dataclasses import dataclass

from checker.datasets.prepared import Prepared, Split


@dataclass(frozen=True, eq=False)
class Handout:
    """A set divided: ``train`` and ``test`` for the student's process, ``hidden`` for the grader.

    Of ``hidden`` only the images may ever be sent to a student's process. ``layouts`` takes the other two.
    """

    train: Split
    test: Split
    hidden: Split
    classes: tuple[str, ...]


def handout(data_set: Prepared, *, keep_length: bool = False) -> Handout:
    """Divide by a fixed rule, the same for every student.

    ``hidden`` is the published test set. What students' scripts load as the test set is the end of the published
    training set, a fifth of it at most and never more than there are hidden images. It is taken out of the training
    images; with ``keep_length`` it stays among them, too, for scripts that count on the published number.
    """
    aside = min(len(data_set.test), len(data_set.train) // 5)
    kept = len(data_set.train) - aside
    return Handout(
        train=data_set.train if keep_length else data_set.train.take(slice(kept)),
        test=data_set.train.take(slice(kept, None)),
        hidden=data_set.test,
        classes=data_set.classes,
    )
