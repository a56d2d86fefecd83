"""A Gradescope export: ``submission_metadata.yml`` and one folder per submission, unpacked by Gradescope."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from checker.batch.archives.limits import MIB, size
from checker.batch.archives.names import shown
from checker.batch.layouts.draft import Draft, Drafts, left
from checker.batch.layouts.listing import is_file, is_folder, listed
from checker.batch.model import Part, Student
from checker.errors import RequestError

METADATA = "submission_metadata.yml"
LARGEST_METADATA = 512 * MIB
MOST_NAMES = 3


def read(root: Path, files: Sequence[str]) -> Drafts | None:
    """The submissions of an export, None when it is none; RequestError when the metadata can't be read."""
    metadata_file = root / METADATA
    if not is_file(metadata_file):
        return None
    metadata = _metadata(metadata_file)
    folders = {path.name: path for path in listed(root) if is_folder(path)}
    drafts = [_draft(name, about, folders.get(name)) for name, about in metadata.items()]
    drafts += [
        Draft(name, name, [Part(path)], problems=[f"{METADATA} says nothing about this submission"])
        for name, path in folders.items()
        if name not in metadata
    ]
    others = [path for path in listed(root) if not is_folder(path) and path != metadata_file]
    return Drafts("Gradescope", drafts, [left(path, "is not a submission's folder") for path in others])


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at run time
    """Safe: makes plain values only. Ruby's own types are read as what they hold."""


def _plain(loader: Any, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _plain)


def _metadata(path: Path) -> dict[str, dict[str, Any]]:
    if path.stat().st_size > LARGEST_METADATA:
        raise RequestError(f"{path} is larger than {size(LARGEST_METADATA)}: export fewer submissions at once")
    try:
        with path.open("rb") as file:
            # A safe loader by class.
            document = yaml.load(file, Loader=_Loader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where is not None else ""
        raise RequestError(f"{path} is no valid YAML{line}: export the submissions from Gradescope again") from error
    if not isinstance(document, dict) or not document:
        raise RequestError(f"{path} lists no submissions: export them from Gradescope again")
    return {str(name): about if isinstance(about, dict) else {} for name, about in document.items()}


def _draft(name: str, about: dict[str, Any], folder: Path | None) -> Draft:
    students = _students(_value(about, "submitters"))
    number = name.removeprefix("submission_")
    names = [student.name for student in students if student.name][:MOST_NAMES]
    only = students[0].id if len(students) == 1 and students[0].id else number
    score = _value(about, "score")
    known = isinstance(score, int | float) and not isinstance(score, bool) and math.isfinite(score)
    return Draft(
        label="_".join([*names, only]) if names else name,
        source=name,
        parts=[Part(folder)] if folder is not None else [],
        students=students,
        submitted=_time(_value(about, "created_at")),
        platform_points=float(score) if known else None,
        problems=[] if folder is not None else [f"the export has no folder {shown(name)}"],
    )


def _students(submitters: Any) -> tuple[Student, ...]:
    students = [
        Student(name=_text(each, "name"), id=_text(each, "sid"), email=_text(each, "email"))
        for each in (submitters if isinstance(submitters, list) else [])
        if isinstance(each, dict)
    ]
    known = [student for student in students if student != Student()]
    return tuple(sorted(known, key=lambda student: (student.name, student.id, student.email)))


def _value(about: dict[str, Any], key: str) -> Any:
    return about.get(f":{key}", about.get(key))


def _text(about: dict[str, Any], key: str) -> str:
    value = _value(about, key)
    return "" if value is None else shown(str(value).strip())


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return None
