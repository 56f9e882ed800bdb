"""The cross-section of a Sustainable Development Report: raw values beside the publisher's scores.

The sheet "SDR2021 Data" has a row for each member of the UN and for twelve groups of countries
(codes that begin with ``_``); the publisher scores groups as it scores countries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.core.countries import is_country
from aequa.core.errors import FormatError
from aequa.core.panel import CELLS, Panel
from aequa.sources.panels.sdr_sheets import (
    CODEBOOK,
    Sheet,
    codebook,
    edition_of,
    is_empty,
    number_of,
    sheet_names,
    sheets,
)
from aequa.sources.panels.table import indicator_rows

Floats = npt.NDArray[np.float64]
GOALS = range(1, 18)


@dataclass(frozen=True)
class Overview:
    """What a report says of its year; NaN where it says nothing."""

    year: int
    """The edition."""
    codes: tuple[str, ...]
    """ISO alpha-3, and the publisher's codes of groups (``_OECD``), in the order of the sheet."""
    regions: tuple[str, ...]
    """The publisher's region of each row; empty for groups."""
    indicators: pa.Table
    """``INDICATORS`` that count towards the goal scores of all countries, sorted."""
    raw: Floats
    """(rows, indicators)"""
    years: Floats
    """(rows, indicators): the year that each raw value is of"""
    estimated: npt.NDArray[np.bool_]
    """(rows, indicators): the publisher imputed the raw value"""
    normalised: Floats
    """(rows, indicators): the publisher's scores, rounded to three decimals"""
    goals: Floats
    """(rows, 17)"""
    regional_goals: Floats
    """(rows, 17): the mean of the row's region"""
    index: Floats
    """(rows,)"""

    def panel(self) -> Panel:
        """The raw values of countries as a panel of one year, the report's.

        A value may be older (``years``): the publisher scores the latest there is. Imputed values
        are of nature ``estimated``.
        """
        country = np.array([is_country(code) for code in self.codes])
        row, column = np.nonzero(~np.isnan(self.raw) & country[:, None])
        arrays = [
            pa.array(self.codes, pa.string()).take(pa.array(row)),
            self.indicators["indicator"].combine_chunks().take(pa.array(column)),
            pa.array(np.full(len(row), self.year), pa.int16()),
            pa.array(self.raw[row, column]),
            pa.array(["estimated" if made else None for made in self.estimated[row, column]]),
        ]
        cells = pa.Table.from_arrays(arrays, schema=CELLS)
        return Panel(
            cells.sort_by([("country", "ascending"), ("indicator", "ascending")]), self.indicators
        )


def overview(path: Path) -> Overview:
    """The cross-section of a workbook.

    Raises ``InputError`` when the file is no workbook and ``FormatError`` when it lacks a sheet or
    a column, or names no edition.
    """
    edition = edition_of(names := sheet_names(path))
    if edition is None:
        raise FormatError(f"{path}: no sheet 'SDR2021 Data' or of another year (found {names})")
    title = next(name for name in names if re.fullmatch(rf"SDR ?{edition} Data", name))
    data, book = sheets(path, (title, CODEBOOK))
    described = {code: one for code, one in sorted(codebook(book).items()) if one.worldwide}
    codes = tuple(described)
    at_year = [data.place(f"Year: {code}") for code in codes]
    scored = _columns(data, [f"Normalized Score: {code}" for code in codes])
    # Only indicators that the publisher imputed somewhere have a column for it.
    marks = [f"Imputation: {code}" for code in codes]
    imputed = _grid(data, [data.place(m) if m in data.columns else None for m in marks])
    return Overview(
        year=edition,
        codes=tuple(str(row[data.place("Country Code ISO3")]).strip() for row in data.rows),
        regions=_texts(data, "Regions used for the SDR"),
        indicators=indicator_rows(
            [one.row(code, None, str(edition)) for code, one in described.items()]
        ),
        raw=_grid(data, [place - 1 for place in at_year]),
        years=_grid(data, at_year),
        estimated=np.nan_to_num(imputed) == 1,
        normalised=scored,
        goals=_columns(data, [f"Goal {goal} Score" for goal in GOALS]),
        regional_goals=_columns(data, [f"Goal {g} Regional Score" for g in GOALS]),
        index=_columns(data, [f"{edition} SDG Index Score"])[:, 0],
    )


def _columns(sheet: Sheet, titles: Sequence[str]) -> Floats:
    return _grid(sheet, [sheet.place(title) for title in titles])


def _grid(sheet: Sheet, places: Sequence[int | None]) -> Floats:
    """The columns as numbers (rows, columns); NaN for what is no number and for no column."""
    found = [
        [_nan(None if place is None else number_of(row[place])) for place in places]
        for row in sheet.rows
    ]
    return np.array(found, np.float64).reshape(len(sheet.rows), len(places))


def _nan(value: float | None) -> float:
    return np.nan if value is None else value


def _texts(sheet: Sheet, title: str) -> tuple[str, ...]:
    place = sheet.place(title)
    return tuple("" if is_empty(row[place]) else str(row[place]).strip() for row in sheet.rows)
