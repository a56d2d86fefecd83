"""The grader's own exam: every fixture gets exactly the grade that it deserves.

A folder under ``fixtures/submissions/<homework>/`` is a right submission in some style and gets full points, but for
those named in ``WRONG``; each ``bugs/*.toml`` loses exactly the aspects that it names.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from filecmp import cmp
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checker import assignment as assignments
from checker.assignment import Section
from checker.exam import Exam, draw_exam
from checker.grading import Grader
from checker.report.model import Report
from checker.sandbox.isolation import choose
from checker.sitting import wanted
from checker.submissions import find
from fixtures.mutants import Mutant, build, mutants

SUBMISSIONS = Path(__file__).parent.parent / "fixtures/submissions"
HOMEWORKS = sorted(path.name for path in SUBMISSIONS.iterdir() if path.is_dir())
WRONG = {("pynet", "weak-checker")}
RIGHT = [
    (homework, path.name)
    for homework in HOMEWORKS
    for path in sorted((SUBMISSIONS / homework).iterdir())
    if path.is_dir() and path.name != "bugs" and (homework, path.name) not in WRONG
]
BUGS = [(homework, mutant) for homework in HOMEWORKS for mutant in mutants(homework)]
IMPORT = re.compile(r"\b(?:from|import)\s+[\w., ]+")
EVERY = 6
"""Of the NumPy bugs that are not the first of their task, one in so many is graded by default."""


@cache
def _slow(homework: str, base: Path) -> frozenset[str]:
    """The files for which more than NumPy is needed."""
    sections = assignments.load(homework).sections
    return frozenset().union(*(runs(section, base) for section in sections if section.packages != ("numpy",)))


def _task(mutant: Mutant) -> str:
    """The task that a bug breaks first."""
    return next(iter([*mutant.loses, *mutant.notes]), mutant.name).split("/")[0]


def _quick(homework: str, mutant: Mutant) -> bool:
    return not any(edit.file in _slow(homework, mutant.base) for edit in mutant.edits)


def _sampled() -> list[Any]:
    """All bugs; by default, the first of each task (of every other one in torch) and some of the other quick ones."""
    tasks = [(homework, _task(mutant)) for homework, mutant in BUGS]
    others = [number for number, task in enumerate(tasks) if task in tasks[:number]]
    firsts = [number for number in range(len(BUGS)) if number not in set(others)]
    quick = [number for number in others if _quick(*BUGS[number])]
    left = set(others) - set(quick[::EVERY]) | set([number for number in firsts if not _quick(*BUGS[number])][1::2])
    return [pytest.param(*bug, marks=[pytest.mark.slow] if i in left else []) for i, bug in enumerate(BUGS)]


def _right() -> list[Any]:
    """All right submissions; by default, two of each homework and every other of its styles."""
    styles = [right for right in RIGHT if right[1] not in ("solved", "naive")]
    return [pytest.param(*right, marks=[pytest.mark.slow] if right in styles[1::2] else []) for right in RIGHT]


@cache
def _exam(homework: str, seed: int) -> Exam:
    assignment = assignments.load(homework)
    return draw_exam(assignment, assignment.tasks(), seed=seed, profile="default")


def grade(
    homework: str, folder: Path, seed: int = 0, base: Path | None = None, changed: Collection[str] = ()
) -> Report:
    """The report of one submission under the strongest isolation that works here.

    With a ``base``, only the sections that run a ``changed`` file: the others are as in the base, which is graded.
    """
    assignment = assignments.load(homework)
    tasks = [
        (section, task)
        for section, task in assignment.tasks()
        if base is not None and not (runs(section, folder) | runs(section, base)).isdisjoint(changed)
    ]
    grader = Grader(assignment, _exam(homework, seed), choose(None), str)
    found = find(folder, [file for section in assignment.sections for file in wanted(section)])
    return grader.grade(found, tasks or assignment.tasks())


def runs(section: Section, folder: Path) -> set[str]:
    """The files of a submission that a section looks at, and those that they import, by the last part of a name."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    reached: set[str] = set()
    waiting = [path.relative_to(folder).as_posix() for path in find(folder, wanted(section)).paths.values()]
    waiting += [name for name in there if name.endswith("__init__.py")]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        if there[name].suffix in (".py", ".ipynb"):
            named = set(re.findall(r"\w+", " ".join(IMPORT.findall(there[name].read_text(encoding="utf-8")))))
            waiting += [other for other, path in there.items() if path.suffix == ".py" and path.stem in named]
    return reached


def differing(folder: Path, base: Path) -> set[str]:
    """The files that two submissions do not have in common."""
    names = {path.relative_to(top).as_posix() for top in (folder, base) for path in top.rglob("*") if path.is_file()}
    both = {name for name in names if (folder / name).is_file() and (base / name).is_file()}
    return {name for name in names if name not in both or not cmp(folder / name, base / name, shallow=False)}


def lost(report: Report, *, notes: bool = False) -> set[str]:
    """What lost points, as ``task/aspect`` (a rule by its id alone); with ``notes``, the notes that failed instead."""
    aspects = {
        f"{task.id}/{aspect.id}"
        for task in report.tasks
        for aspect in task.aspects
        if aspect.status != "passed" and (aspect.max_points == 0) == notes
    }
    rules = {task.id for task in report.tasks if not task.aspects and task.status == "forbidden"}
    return aspects if notes else aspects | rules


@pytest.mark.parametrize(("homework", "name"), _right(), ids=lambda value: str(value))
def test_right_submission_gets_full_points(homework: str, name: str) -> None:
    """Whatever the style, a right submission loses nothing; sections that are as in another one are graded there."""
    folder, solved = SUBMISSIONS / homework / name, SUBMISSIONS / homework / "solved"
    report = grade(homework, folder, base=solved, changed=differing(folder, solved))

    assert lost(report) == set()
    assert report.points == sum(section.max_points for section in report.sections) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
@pytest.mark.parametrize(("homework", "name"), RIGHT, ids=lambda value: str(value))
def test_right_submission_gets_full_points_under_every_seed(homework: str, name: str, seed: int) -> None:
    """No draw of the exam is unfair to a right submission."""
    assert lost(grade(homework, SUBMISSIONS / homework / name, seed)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize(("homework", "mutant"), BUGS, ids=lambda v: v if isinstance(v, str) else getattr(v, "name", v))
def test_bug_loses_exactly_what_it_breaks_under_every_seed(
    homework: str, mutant: Mutant, seed: int, tmp_path: Path
) -> None:
    """No draw of the exam is blind to a bug."""
    report = grade(
        homework,
        build(mutant, tmp_path / "submission"),
        seed,
        base=mutant.base,
        changed={edit.file for edit in mutant.edits},
    )

    assert lost(report) == set(mutant.loses)


@pytest.mark.parametrize("homework", HOMEWORKS)
def test_untouched_handout_is_not_started(homework: str) -> None:
    """The stubs get nothing, say so, and raise nothing."""
    report = grade(homework, assignments.load(homework).handout)
    graded = [task for task in report.tasks if task.aspects]

    assert report.points == 0
    assert {task.status for task in graded} == {"not started"}
    assert not any("Traceback" in task.message for task in graded)


@pytest.mark.parametrize(("homework", "mutant"), _sampled(), ids=lambda v: v if isinstance(v, str) else v.name)
def test_bug_loses_exactly_what_it_breaks(homework: str, mutant: Mutant, tmp_path: Path) -> None:
    """Each single bug costs its own aspects, nothing else, and is named where it can be."""
    report = grade(
        homework, build(mutant, tmp_path / "submission"), base=mutant.base, changed={edit.file for edit in mutant.edits}
    )
    said = [aspect.diagnosis or "" for task in report.tasks for aspect in task.aspects if aspect.status != "passed"]

    assert lost(report) == set(mutant.loses)
    assert set(mutant.notes) <= lost(report, notes=True)
    assert mutant.diagnosis is None or any(mutant.diagnosis in text for text in said), said


def test_weak_checker_submission_has_every_fault_named() -> None:
    """The module that a naive comparison passes loses each faulty task, with a diagnosis for each."""
    report = grade("pynet", SUBMISSIONS / "pynet/weak-checker")
    diagnoses = {
        task.id: aspect.diagnosis
        for task in report.tasks
        for aspect in task.aspects
        if aspect.status != "passed" and aspect.max_points
    }

    assert set(diagnoses) == {
        "linear.forward",
        "batchnorm1d.backward",
        "relu.forward",
        "cross_entropy.backward",
        "conv2d.forward",
        "maxpool2d.backward",
    }
    assert "bias is left out" in (diagnoses["linear.forward"] or "")
    assert "zero" in (diagnoses["batchnorm1d.backward"] or "")
    assert "negative values pass" in (diagnoses["relu.forward"] or "")
    assert "upstream gradient is ignored" in (diagnoses["cross_entropy.backward"] or "")
    assert "bias is added once for every kernel cell" in (diagnoses["conv2d.forward"] or "")
    assert "upstream gradient is ignored" in (diagnoses["maxpool2d.backward"] or "")
