"""Course file: reads a course's policy from one TOML file for all its assignments."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import inspect

from checker.batch.course import Drop, Late, NoPrint, Policy, Rounding, Terms
from checker.batch.deadlines import Extension, folded, in_zone
from checker.batch.quantities import amount, duration, price
from checker.errors import RequestError

LARGEST = 4 << 20
_KINDS = {
    "array": "a list",
    "date": "a date without a time",
    "datetime": "a date with a time",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "text",
}

T = TypeVar("T")


class _Late(msgspec.Struct, forbid_unknown_fields=True):
    penalty: str | float
    per: str = "1 day"
    of: Literal["earned", "maximum"] = "earned"
    grace: str = "0 minutes"
    cap: str | float | None = None
    closed_after: str | None = None


class _Rounding(msgspec.Struct, forbid_unknown_fields=True):
    to: float
    how: Literal["nearest", "up", "down"] = "nearest"


class _NoPrint(msgspec.Struct, forbid_unknown_fields=True):
    price: str
    tasks: list[str] = []


class _Drop(msgspec.Struct, forbid_unknown_fields=True):
    keep: int
    of: list[str]


class _Terms(msgspec.Struct, forbid_unknown_fields=True):
    late: _Late | None = None
    no_print: _NoPrint | None = None
    extra_credit_cap: str | float | None = None
    not_runnable: Literal["keep", "zero"] | None = None
    rounding: _Rounding | None = None


class _Assignment(_Terms, forbid_unknown_fields=True):
    due: datetime | None = None
    drop: list[_Drop] = []
    rules: dict[str, str] = {}


class _Extension(msgspec.Struct, forbid_unknown_fields=True):
    student: str | int
    assignment: str = ""
    due: datetime | None = None
    extra: str | None = None


class _Course(_Terms, forbid_unknown_fields=True):
    timezone: str = ""
    assignments: dict[str, dict[str, Any]] = {}
    extensions: list[_Extension] = []


def load(path: Path) -> Policy:
    """Read a course's policy; RequestError says what is wrong and where."""
    try:
        if path.stat().st_size > LARGEST:
            raise RequestError(f"{path} is larger than {LARGEST >> 20} MiB: it cannot be a course's policy")
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RequestError(f"the policy {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RequestError(f"the policy {path} is no UTF-8 text: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise RequestError(f"the policy {path} is no valid TOML: {error}") from None
    try:
        return _policy(_read(raw, _Course, ""))
    except ValueError as error:
        raise RequestError(f"{path}: {error}") from None


def meant(name: str, known: list[str]) -> str:
    """``; did you mean "late"?`` for a name that is not known, or "" when nothing is like it."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(repr(word) for word in close)}?" if close else ""


def _read(raw: Mapping[str, Any], kind: type[T], where: str) -> T:
    """A table of the file, every name and type in it checked; ValueError names the place."""
    _require_known(raw, inspect.type_info(kind), where)
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise ValueError(_readable(str(error), where)) from None


def _require_known(value: Any, kind: inspect.Type, where: str) -> None:
    """ValueError for a key that does not exist, with those that are like it."""
    if isinstance(kind, inspect.UnionType):
        kind = next((k for k in kind.types if isinstance(k, inspect.StructType)), kind)
    if isinstance(kind, inspect.StructType) and isinstance(value, dict):
        fields = {known.encode_name: known.type for known in kind.fields}
        for name, item in value.items():
            if name not in fields:
                hint = meant(name, list(fields)) or f"; there are {', '.join(fields)}"
                raise ValueError(f"`{where}{name}` is no setting{hint}")
            _require_known(item, fields[name], f"{where}{name}.")
    elif isinstance(kind, inspect.DictType) and isinstance(value, dict):
        for name, item in value.items():
            _require_known(item, kind.value_type, f"{where}{name}.")
    elif isinstance(kind, inspect.ListType) and isinstance(value, list):
        for number, item in enumerate(value, 1):
            _require_known(item, kind.item_type, f"{where[:-1]}[{number}].")


def _readable(message: str, where: str) -> str:
    """``Expected `str`, got `int` - at `$.late.per``` in words, lists counted from 1."""
    text, found, place = message.partition(" - at `$.")
    text = re.sub(r"`([a-z |]+)`", lambda kinds: _words(kinds[1]), text[:1].lower() + text[1:])
    place = re.sub(r"\[(\d+)\]", lambda index: f"[{int(index[1]) + 1}]", place.rstrip("`"))
    return f"`{where}{place}`: {text}" if found or where else text


def _words(kinds: str) -> str:
    named = [kind for kind in kinds.split(" | ") if kind != "null"]
    return " or ".join(_KINDS.get(kind, f"`{kind}`") for kind in named)


def _policy(course: _Course) -> Policy:
    zone = _at("timezone", _zone, course.timezone) if course.timezone else None
    common = _terms(course, Terms(), "")
    assignments = {}
    for name, table in course.assignments.items():
        where = f"assignments.{name}."
        own = _read(table, _Assignment, where)
        terms = _terms(own, common, where)
        if own.due is not None:
            terms = replace(terms, due=_at(f"{where}due", lambda due: in_zone(due, zone), own.due))
        assignments[name] = replace(
            terms,
            drop=tuple(_drop(drop, f"{where}drop[{n}]") for n, drop in enumerate(own.drop, 1)),
            rules={rule: _at(f"{where}rules.{rule}", price, written) for rule, written in own.rules.items()},
        )
    extensions = tuple(_extension(e, zone, f"extensions[{n}]") for n, e in enumerate(course.extensions, 1))
    for number, extension in enumerate(extensions):
        if extension.assignment and extension.assignment not in assignments:
            hint = meant(extension.assignment, list(assignments))
            raise ValueError(f"`extensions[{number + 1}].assignment`: no [assignments.{extension.assignment}]{hint}")
        earlier = {(folded(e.student), e.assignment) for e in extensions[:number]}
        if (folded(extension.student), extension.assignment) in earlier:
            raise ValueError(f"`extensions[{number + 1}]`: {extension.student} already has an extension: keep one")
    return Policy(common, assignments, extensions)


def _terms(own: _Terms, common: Terms, where: str) -> Terms:
    """What is written in one place, and the common terms for the rest."""
    changed: dict[str, Any] = {}
    if own.late is not None:
        changed["late"] = _late(own.late, f"{where}late.")
    if own.no_print is not None:
        deduct = _at(f"{where}no_print.price", price, own.no_print.price)
        changed["no_print"] = NoPrint(deduct, tuple(own.no_print.tasks))
    if own.extra_credit_cap is not None:
        changed["extra_credit_cap"] = _at(f"{where}extra_credit_cap", amount, own.extra_credit_cap)
    if own.not_runnable is not None:
        changed["not_runnable"] = own.not_runnable
    if own.rounding is not None:
        if not (math.isfinite(own.rounding.to) and own.rounding.to > 0):
            raise ValueError(f"`{where}rounding.to`: {own.rounding.to:g} is not above 0")
        changed["rounding"] = Rounding(own.rounding.to, own.rounding.how)
    return replace(common, **changed)


def _late(late: _Late, where: str) -> Late:
    part = _at(f"{where}per", duration, late.per)
    if not part:
        raise ValueError(f"`{where}per`: a penalty per {late.per} has no end")
    return Late(
        penalty=_at(f"{where}penalty", amount, late.penalty),
        part=part,
        of=late.of,
        grace=_at(f"{where}grace", duration, late.grace),
        cap=None if late.cap is None else _at(f"{where}cap", amount, late.cap),
        closed_after=None if late.closed_after is None else _at(f"{where}closed_after", duration, late.closed_after),
    )


def _drop(drop: _Drop, where: str) -> Drop:
    if len(set(drop.of)) != len(drop.of):
        raise ValueError(f"`{where}.of` names a task twice")
    if not 0 < drop.keep < len(drop.of):
        raise ValueError(f"`{where}.keep`: {drop.keep} of {len(drop.of)} leaves nothing to choose")
    return Drop(drop.keep, tuple(drop.of))


def _extension(extension: _Extension, zone: ZoneInfo | None, where: str) -> Extension:
    if (extension.due is None) == (extension.extra is None):
        raise ValueError(f"`{where}` of {extension.student} needs either `due` (a time) or `extra` (a time span)")
    return Extension(
        student=str(extension.student),
        assignment=extension.assignment,
        due=None if extension.due is None else _at(f"{where}.due", lambda due: in_zone(due, zone), extension.due),
        extra=timedelta() if extension.extra is None else _at(f"{where}.extra", duration, extension.extra),
    )


def _zone(name: str) -> ZoneInfo:
    known = available_timezones()
    if name not in known:
        hint = meant(name, sorted(known)) or '; write it like "Europe/Berlin"'
        raise ValueError(f"there is no time zone {name!r}{hint}")
    return ZoneInfo(name)


def _at(where: str, read: Callable[[Any], T], written: object) -> T:
    try:
        return read(written)
    except ValueError as error:
        raise ValueError(f"`{where}`: {error}") from None
