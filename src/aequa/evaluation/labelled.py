"""Labelled texts in one shape, from JSON lines or CSV; forms are told apart by their fields.

A text is a ``title`` and an ``abstract``, or one ``text``. Its labels are any of

- ``goals``: ``{"3": "supports"}`` (or null, or ``+ - ± 0``), or a list ``[3, 10]``; in CSV
  ``3+ 10-``, and ``none`` for a text without a goal. With ``multilabel`` false only one goal was
  recorded (or none), and others may be right as well.
- ``ai``: 1 or 0 (true, false); or ``label``: "True" or "False"
- ``challenges``, ``areas`` (in CSV separated by spaces): names of ``core.works``

and, if known, ``id`` (or ``meta.id``), ``lang``, ``pair`` and ``source``. A label that is absent or
null was not recorded, which differs from an empty list. Goals that annotators disputed count as
absent, as in training. A record that cannot be used is rejected with its line and reason.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from aequa.core.cells import restored
from aequa.core.errors import AccountingError, FormatError, RecordError
from aequa.core.works import AREAS, CHALLENGES, Reject
from aequa.evaluation import label_fields as fields

_LABELS = ("goals", "ai", "label", "challenges", "areas")
_LONGEST_CELL = 1 << 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One labelled text; a label that was not recorded is None."""

    id: str
    title: str | None
    abstract: str | None
    line: int
    """1-based line of the file on which the record ends."""
    language: str | None = None
    pair: str | None = None
    source: str | None = None
    """The set or place the text comes from."""
    ai: bool | None = None
    goals: Mapping[int, str | None] | None = None
    """Goal to contribution (None where only the goal is known)."""
    complete: bool = True
    """False when only one goal was recorded: an absent goal is then not a negative."""
    challenges: frozenset[str] | None = None
    areas: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file held: read = texts + rejects."""

    read: int
    texts: tuple[Labelled, ...]
    rejects: tuple[Reject, ...]


def parse(lines: Iterable[str], file: str) -> Reading:
    """All records of a file given as lines without line ends.

    Raises:
        FormatError: the first line is neither a JSON object nor a CSV header with a text and a
            label.
    """
    stream = iter(lines)
    first = next((line for line in stream if line.strip()), "")
    rows = chain([first], stream)
    records = _json_lines(rows) if first.lstrip()[:1] == "{" else _csv_rows(rows, file)
    read, texts, rejects = 0, [], []
    for line, raw in records:
        read += 1
        try:
            texts.append(_labelled(raw, line))
        except RecordError as error:
            rejects.append(Reject(file, line, str(error), _excerpt(raw)))
    if read != len(texts) + len(rejects):
        raise AccountingError(f"{file}: {read} read, {len(texts)} used, {len(rejects)} rejected")
    return Reading(read, tuple(texts), tuple(rejects))


def _json_lines(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json.loads(line, strict=False)
            except (ValueError, RecursionError) as error:
                yield number, RecordError(f"record: is not valid JSON ({error})")


def _csv_rows(lines: Iterable[str], file: str) -> Iterator[tuple[int, Any]]:
    csv.field_size_limit(_LONGEST_CELL)
    rows = csv.reader((f"{line}\n" for line in lines), strict=False)
    names = [name.strip().lower() for name in next(rows, [])]
    if not {"title", "abstract", "text"} & set(names) or not set(_LABELS) & set(names):
        expected = "expected JSON lines, or a CSV header with title or text, and goals or ai"
        raise FormatError(f"{file}: line 1: found {','.join(names)[:80]!r}, {expected}")
    if rows.line_num > 1:  # a quote that is not closed has taken in the lines below
        yield 1, RecordError(f"header: found {rows.line_num} lines, expected one")
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num, RecordError(f"record: is not valid CSV ({error})")
            continue
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            problem = f"record: found {len(row)} cells, expected {len(names)}"
            yield rows.line_num, RecordError(problem)
            continue
        yield (
            rows.line_num,
            {name: restored(cell) for name, cell in zip(names, row, strict=True) if cell.strip()},
        )


def _labelled(raw: Any, line: int) -> Labelled:
    if isinstance(raw, RecordError):
        raise raw
    if not isinstance(raw, dict):
        raise RecordError(f"record: found {fields.shown(raw)}, expected a JSON object")
    title, abstract = fields.texts(raw)
    label = Labelled(
        id=fields.identifier(raw, line),
        title=title,
        abstract=abstract,
        line=line,
        language=fields.string(raw, "lang") or fields.string(raw, "language"),
        pair=fields.string(raw, "pair"),
        source=fields.string(raw, "source"),
        ai=fields.yes(raw, "ai") if raw.get("ai") is not None else fields.yes(raw, "label"),
        goals=fields.goals(raw.get("goals")),
        complete=fields.yes(raw, "multilabel") is not False,
        challenges=fields.names(raw, "challenges", CHALLENGES),
        areas=fields.names(raw, "areas", AREAS),
    )
    if all(one is None for one in (label.ai, label.goals, label.challenges, label.areas)):
        raise RecordError(f"{_empty(raw)}: found nothing, expected a label ('none' for no goal)")
    if not label.complete and label.goals is not None and len(label.goals) > 1:
        found = f"{len(label.goals)} goals with multilabel false"
        raise RecordError(f"goals: found {found}, expected one or none")
    return label


def _empty(raw: dict[str, Any]) -> str:
    return next((name for name in _LABELS if name in raw), "goals, ai, challenges, areas")


def _excerpt(raw: Any) -> str:
    text = "" if isinstance(raw, RecordError) else repr(raw)[:1000]
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
