"""The spreadsheet that a person fills in: works without the machine's answers, as CSV text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from aequa.audit.answers import COLUMNS, Problem, answer
from aequa.audit.measures import Judgement
from aequa.core.cells import defused, restored
from aequa.core.errors import InputError

HEADER = ("id", "title", "abstract", "year", *COLUMNS, "note")
_NEEDED = ("id", *COLUMNS)
_LONGEST = 30_000
"""Characters per cell; Excel cuts a cell off after 32,767."""


class Refusal(NamedTuple):
    """A row that cannot be used."""

    row: int
    """Number of the row as a spreadsheet shows it (the header is row 1)."""
    id: str
    problems: tuple[Problem, ...]


class Filled(NamedTuple):
    """A sheet as read: rows = labelled + unlabelled + refused."""

    rows: int
    labelled: dict[str, Judgement]
    """By id, in the order of the sheet."""
    unlabelled: int
    skipped: int
    """Of the unlabelled rows, those above the last labelled one."""
    refused: tuple[Refusal, ...]
    present: int
    """Drawn works that have a row."""


def write(works: Iterable[Mapping[str, Any]]) -> str:
    """CSV with the columns ``HEADER``, those to fill in empty; the works in the given order.

    Cells that a spreadsheet could run as a formula are defused; runs of white space become one
    space; a text over 30,000 characters ends in […].

    >>> print(write([{"id": "a", "title": "=1+1", "abstract": None, "year": 2020}]).split()[1])
    a,'=1+1,,2020,,,,,
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for work in works:
        year = "" if work["year"] is None else str(work["year"])
        writer.writerow([*(_cell(work[name]) for name in HEADER[:3]), year, *[""] * 5])
    return text.getvalue()


def _cell(text: str | None) -> str:
    words = " ".join((text or "").split())
    plain = "".join(letter for letter in words if letter.isprintable())
    return defused(plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]} […]")


def read(text: str, drawn: Iterable[str]) -> Filled:
    """Read a sheet that a person filled in; separators , ; or tab, with or without a BOM.

    Rows that are wholly empty are no rows. A row is refused when a cell cannot be read, when its
    id is none of ``drawn``, or when an earlier row has the same id.

    Raises:
        InputError: a column that must be there is missing.
    """
    known = {_cell(id): id for id in drawn}
    seen: Counter[str] = Counter()
    labelled: dict[str, Judgement] = {}
    refused, rows, waiting, skipped = [], 0, 0, 0
    for number, row in _rows(text):
        rows += 1
        id = known.get(defused(restored(row["id"].strip())))
        seen[id or ""] += 1
        judgement, problems = answer(row)
        if id is None or seen[id] > 1:
            reason = "is none of the sample's" if id is None else "stands in an earlier row too"
            problems = (Problem("id", f"found {row['id'][:60]!r}, which {reason}"), *problems)
        if problems or id is None:
            refused.append(Refusal(number, row["id"], problems))
        elif judgement is None:
            waiting += 1
        else:
            labelled[id] = judgement
            skipped = waiting
    return Filled(rows, labelled, waiting, skipped, tuple(refused), len(set(seen) - {""}))


def _rows(text: str) -> Iterable[tuple[int, dict[str, str]]]:
    """The rows with their numbers; every cell of ``_NEEDED`` is there, as text."""
    body = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if body[:4].casefold() == "sep=":  # a line for Excel, which shows no row for it
        body = body.partition("\n")[2]
    try:
        lines = list(csv.reader(io.StringIO(body, newline=""), delimiter=_separator(body)))
    except csv.Error as error:
        raise InputError(f"{error}; expected a spreadsheet saved as CSV") from None
    names = [name.strip().casefold() for name in lines[0]] if lines else []
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise InputError(f"no column {', '.join(missing)}; expected {', '.join(HEADER)}")
    for number, cells in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(names) - len(cells))]
            row = dict(zip(names, padded, strict=False))
            yield number, {name: row[name] for name in _NEEDED}


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)
