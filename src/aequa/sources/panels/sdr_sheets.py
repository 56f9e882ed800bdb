"""The sheets of a workbook of the Sustainable Development Report, and its codebook."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook

from aequa.core.errors import FormatError, InputError

TRENDS, CODEBOOK = "Data for Trends", "Codebook"

LICENCE = "CC BY-NC-ND 4.0"
"""Of the workbook, as its sheet "About" says: its figures are not ours to hand on."""

_NAMES = re.compile(r'<sheet [^>]*?name="([^"]*)"')
_UNIT = re.compile(r"\(([^()]*)\)\s*$")
_LARGEST_INDEX = 1 << 20
"""Bytes of a workbook's list of sheets that are looked at: a few kilobytes in real ones."""


class Sheet(NamedTuple):
    """One sheet: what its first row calls each column, and the other rows that hold anything."""

    file: str
    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def place(self, column: str) -> int:
        """Where a column is. Raises ``FormatError`` when the sheet lacks it."""
        if column not in self.columns:
            found = ", ".join(repr(name) for name in self.columns[:6])
            raise FormatError(
                f"{self.file}, sheet {self.name!r}, row 1: no column {column!r} (found {found}, …)"
            )
        return self.columns.index(column)


class Described(NamedTuple):
    """An indicator as the codebook describes it."""

    indicator: str
    goal: int
    worldwide: bool
    """Counts towards the goal scores of all countries; the others only serve OECD members."""
    name: str | None
    lower: float | None
    optimum: float | None
    source: str | None

    def row(self, series: str, family: str | None, edition: str) -> dict[str, Any]:
        """The row of ``INDICATORS`` for a series of this indicator."""
        unit = _UNIT.search(self.name or "")
        return {
            "indicator": series,
            "name": self.name,
            "goal": self.goal,
            "direction": _direction(self.lower, self.optimum),
            "unit": unit[1].strip() if unit else None,
            "lower": self.lower,
            "optimum": self.optimum,
            "family": family,
            "source": self.source,
            "licence": LICENCE,
            "vintage": edition,
        }


class Series(NamedTuple):
    """What ``sdr_series.tsv`` says of one series of the sheet "Data for Trends"."""

    described_as: str
    nature: str | None
    family: str | None


@cache
def series_facts() -> dict[str, Series]:
    """The rows of ``sdr_series.tsv`` by series.

    >>> series_facts()["sdg5_fplmodel"].described_as
    'sdg5_familypl'
    """
    text = files("aequa.sources.panels").joinpath("sdr_series.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    return {
        series: Series(code or series, nature or None, family or None)
        for series, code, nature, family, _ in rows
    }


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets; none when it is no workbook."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as stream:
            text = stream.read(_LARGEST_INDEX).decode("utf-8", "replace")
    except (OSError, zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return []
    return _NAMES.findall(text)


def edition_of(names: Sequence[str]) -> int | None:
    """The year of the edition by the sheet of results, ``SDR2021 Data`` or ``SDR 2021 Data``.

    >>> edition_of(["About", "SDR2021 Data"])
    2021
    """
    found = [re.fullmatch(r"SDR ?(\d{4}) Data", name) for name in names]
    return next((int(match[1]) for match in found if match), None)


def sheets(path: Path, wanted: Sequence[str]) -> list[Sheet]:
    """The sheets named, read one after another.

    Raises ``InputError`` when the file cannot be opened as a workbook and ``FormatError`` when it
    lacks a sheet or a sheet has no header.
    """
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except Exception as error:  # openpyxl lets through whatever zip, XML and styles raise
        raise InputError(f"{path}: found no readable XLSX workbook ({error})") from error
    try:
        for name in wanted:
            if name not in book.sheetnames:
                raise FormatError(f"{path}: no sheet {name!r} (found {', '.join(book.sheetnames)})")
        return [_sheet(path, name, book[name]) for name in wanted]
    finally:
        book.close()


def codebook(sheet: Sheet) -> dict[str, Described]:
    """What the codebook says of each indicator, by code.

    Raises ``FormatError`` naming sheet, row and column where a goal or a bound is not a number.
    """
    titles = ("IndCode", "SDG", "Global", "Indicator", "Lower Bound (=0)", "Optimum (= 100)")
    code, goal, world, name, lower, optimum = (sheet.place(title) for title in titles)
    source = sheet.place("Source")
    found: dict[str, Described] = {}
    for at, row in enumerate(sheet.rows, 2):
        low, high = (_bound(sheet, at, place, row[place]) for place in (lower, optimum))
        number = _bound(sheet, at, goal, row[goal])
        if number not in range(1, 18):
            raise _unusable(sheet, at, goal, row[goal], "a goal from 1 to 17")
        indicator, texts = str(row[code]).strip(), (_text(row[name]), _text(row[source]))
        worldwide = str(row[world]).strip().lower() == "yes"
        found[indicator] = Described(
            indicator, int(number or 0), worldwide, texts[0], low, high, texts[1]
        )
    return found


def number_of(cell: Any) -> float | None:
    """A finite number of a cell, None for any other content.

    >>> number_of(3), number_of("n.a."), number_of(True), number_of(None)
    (3.0, None, None, None)
    """
    usable = isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)
    return float(cell) if usable else None


def is_empty(cell: Any) -> bool:
    """Whether a cell holds nothing, or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _sheet(path: Path, name: str, found: Any) -> Sheet:
    # A workbook may state a smaller extent than it has.
    found.reset_dimensions()
    rows = [tuple(row) for row in found.iter_rows(values_only=True)]
    if not rows or all(is_empty(cell) for cell in rows[0]):
        raise FormatError(f"{path}, sheet {name!r}, row 1: found nothing, expected column names")
    columns = tuple("" if cell is None else str(cell).strip() for cell in rows[0])
    width = len(columns)
    full = [row[:width] + (None,) * (width - len(row)) for row in rows[1:]]
    while full and all(is_empty(cell) for cell in full[-1]):
        full.pop()
    return Sheet(str(path), name, columns, full)


def _direction(lower: float | None, optimum: float | None) -> int | None:
    if lower is None or optimum is None or lower == optimum:
        return None
    return 1 if optimum > lower else -1


def _bound(sheet: Sheet, row: int, place: int, cell: Any) -> float | None:
    if is_empty(cell) or number_of(cell) is not None:
        return number_of(cell)
    raise _unusable(sheet, row, place, cell, "a number")


def _unusable(sheet: Sheet, row: int, place: int, cell: Any, expected: str) -> FormatError:
    column = sheet.columns[place]
    return FormatError(
        f"{sheet.file}, sheet {sheet.name!r}, row {row}, column {column!r}: "
        f"found {cell!r}, expected {expected}"
    )


def _text(cell: Any) -> str | None:
    return None if is_empty(cell) else " ".join(str(cell).split())
