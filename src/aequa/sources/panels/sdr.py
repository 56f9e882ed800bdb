"""The workbook of the Sustainable Development Report (Sachs et al. 2021) as a panel.

``read`` gives the series behind the report's trends, country × series × year; the cross-section of
the report's year, with the publisher's own scores, is in ``sdr_overview.py``. The figures are
licensed CC BY-NC-ND 4.0: a user may read a workbook they have, the package has none of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.sources.panels.places import places
from aequa.sources.panels.sdr_sheets import (
    CODEBOOK,
    TRENDS,
    Described,
    Series,
    Sheet,
    codebook,
    edition_of,
    is_empty,
    number_of,
    series_facts,
    sheet_names,
    sheets,
)
from aequa.sources.panels.table import PLACED, CellReject, PanelRead, indicator_rows, settle

NAME = "Sustainable Development Report workbook"

_KEYS = ("id", "Country", "Year", "Population")
_YEARS = range(1900, 2101)


class _Rows(NamedTuple):
    """What each row of the sheet is of; ``reasons`` is null where a row can be used."""

    countries: pa.Array
    years: npt.NDArray[np.int64]
    reasons: pa.Array


def sniff(path: Path) -> bool:
    """Whether a file is such a workbook, by the names of its sheets alone.

    >>> sniff(Path("nowhere.xlsx"))
    False
    """
    return {TRENDS, CODEBOOK} <= set(sheet_names(path))


def read(path: Path) -> PanelRead:
    """The panel of the sheet "Data for Trends", described by the sheet "Codebook".

    Goal, bounds, direction (that of the bounds), source and unit come from the codebook, natures
    and families from ``sdr_series.tsv``. A series that the codebook lacks is rejected with all
    its cells; one without a value is left out and noted. Raises ``InputError`` when the file is
    no workbook and ``FormatError`` when it lacks a sheet or a column.
    """
    trends, book = sheets(path, (TRENDS, CODEBOOK))
    described = codebook(book)
    rows, edition = _rows(trends), str(edition_of(sheet_names(path)) or "")
    parts: list[pa.Table] = []
    rejects: list[CellReject] = []
    about, missing = [], 0
    for at, name in enumerate(trends.columns):
        if name in _KEYS or not name:
            continue
        fact = series_facts().get(name, Series(name, None, None))
        one = described.get(fact.described_as)
        part, refused, empty = _cells(trends, at, rows, fact, one)
        parts, rejects, missing = [*parts, part], [*rejects, *refused], missing + empty
        if one is not None:
            about.append(one.row(name, fact.family, edition))
    placed = pa.concat_tables([PLACED.empty_table(), *parts])
    return settle(placed, indicator_rows(about), str(path), rejects, missing)


def worldwide(path: Path) -> tuple[str, ...]:
    """The series of ``read`` that count towards the goal scores of all countries.

    The others serve the profiles of OECD members only. Raises as ``read`` does.
    """
    trends, book = sheets(path, (TRENDS, CODEBOOK))
    described, facts = codebook(book), series_facts()
    codes = {name: facts[name].described_as if name in facts else name for name in trends.columns}
    return tuple(
        sorted(n for n, code in codes.items() if code in described and described[code].worldwide)
    )


def _rows(sheet: Sheet) -> _Rows:
    code, name, year = (sheet.place(key) for key in _KEYS[:3])
    texts = [[_text(row[place]) for row in sheet.rows] for place in (code, name)]
    countries, reasons = places(*(pa.array(column, pa.string()) for column in texts))
    years = [_year(row[year]) for row in sheet.rows]
    why = [
        reason or (None if found else f"year: found {row[year]!r}, expected 1900 to 2100")
        for reason, found, row in zip(reasons.to_pylist(), years, sheet.rows, strict=True)
    ]
    return _Rows(countries, np.array(years, np.int64), pa.array(why, pa.string()))


def _cells(
    sheet: Sheet, at: int, rows: _Rows, fact: Series, described: Described | None
) -> tuple[pa.Table, list[CellReject], int]:
    """The usable cells of a column (``PLACED``), the refused ones, and how many hold nothing."""
    values = np.array([_value(row[at]) for row in sheet.rows], np.float64)
    missing = np.array([is_empty(row[at]) for row in sheet.rows], bool)
    reasons = rows.reasons.to_pylist()
    if described is None:
        unknown = "indicator: not in the sheet 'Codebook', expected one of its IndCode"
        reasons = [unknown] * len(reasons)
    bad = (np.isnan(values) | np.array([reason is not None for reason in reasons], bool)) & ~missing
    title = sheet.columns[at]
    refused = [
        CellReject(
            sheet.file,
            sheet.name,
            int(place) + 2,
            title,
            reasons[place] or f"value: found {sheet.rows[place][at]!r:.80}, expected a number",
        )
        for place in np.flatnonzero(bad)
    ]
    use = np.flatnonzero(~bad & ~missing)
    return _placed(sheet, at, rows, use, values, fact.nature), refused, int(missing.sum())


def _placed(
    sheet: Sheet,
    at: int,
    rows: _Rows,
    use: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    nature: str | None,
) -> pa.Table:
    size, title = len(use), sheet.columns[at]
    columns = [
        rows.countries.take(pa.array(use)),
        pa.array([title] * size, pa.string()),
        pa.array(rows.years[use], pa.int16()),
        pa.array(values[use], pa.float64()),
        pa.array([nature] * size, pa.string()),
        pa.array(use + 2, pa.int64()),
        pa.array([title] * size, pa.string()),
        pa.array([sheet.name] * size, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=PLACED)


def _value(cell: Any) -> float:
    """The number of a cell, also one written as text with a decimal point; NaN for others."""
    number = number_of(cell)
    if number is None and isinstance(cell, str):
        try:
            number = number_of(float(cell))
        except ValueError:
            return np.nan
    return np.nan if number is None else number


def _text(cell: Any) -> str | None:
    return None if is_empty(cell) else str(cell).strip()


def _year(cell: Any) -> int:
    """The year of a cell, a number or a text of one; 0 when it is none."""
    text = str(cell).strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and int(text[:5]) in _YEARS else 0
