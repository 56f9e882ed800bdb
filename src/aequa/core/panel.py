"""A panel: what was observed of countries, by indicator and year, and what each indicator is.

On disk a panel is one long table with the columns of ``CELLS`` and ``INDICATORS`` side by side, so
that the bundled panel and a user's own file are read alike. In memory the two are apart, and
``cube`` turns the cells into arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NATURES = ("country", "adjusted", "estimated", "modelled", "carried")
"""How a value came about: produced by the country (``C`` of the UN's database), adjusted to be
comparable (``CA``), estimated from country data (``E``), modelled (``M``), or the last value
carried on unchanged. Null where the source does not say."""

CELLS = pa.schema(
    [
        pa.field("country", pa.string(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("year", pa.int16(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("nature", pa.string()),
    ]
)
"""One row per observation, sorted by country, indicator and year, each of them once; countries are
ISO 3166-1 alpha-3, values are finite."""

INDICATORS = pa.schema(
    [
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("goal", pa.int8()),
        pa.field("direction", pa.int8()),
        pa.field("unit", pa.string()),
        pa.field("lower", pa.float64()),
        pa.field("optimum", pa.float64()),
        pa.field("family", pa.string()),
        pa.field("source", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("vintage", pa.string()),
    ]
)
"""One row per indicator, sorted. ``direction`` is 1 where more is better and -1 where less is;
``lower`` and ``optimum`` are the values that score 0 and 100; indicators of one ``family`` measure
the same thing (by sex, by age, in other units)."""


@dataclass(frozen=True)
class Panel:
    """Observations and what they are of."""

    cells: pa.Table
    """Of the schema ``CELLS``."""
    indicators: pa.Table
    """Of the schema ``INDICATORS``; every indicator of ``cells`` has a row."""

    def of(self, indicators: Sequence[str]) -> Panel:
        """Only the indicators named."""
        wanted = pa.array(indicators, pa.string())
        return Panel(
            self.cells.filter(pc.is_in(self.cells["indicator"], wanted)),
            self.indicators.filter(pc.is_in(self.indicators["indicator"], wanted)),
        )


class Cube(NamedTuple):
    """A panel as arrays; NaN and 0 stand where nothing was observed."""

    countries: tuple[str, ...]
    indicators: tuple[str, ...]
    years: tuple[int, ...]
    """Every year from the first to the last."""
    values: npt.NDArray[np.float64]
    """(countries, indicators, years)"""
    natures: npt.NDArray[np.uint8]
    """(countries, indicators, years): 1 + the place in ``NATURES``, or 0 for unknown"""


def cube(panel: Panel) -> Cube:
    """The cells as arrays over all countries, indicators and years that have any.

    >>> cells = {"country": ["KEN"], "indicator": ["a"], "year": [2020], "value": [0.5]}
    >>> table = pa.table({**cells, "nature": ["country"]}).cast(CELLS)
    >>> cube(Panel(table, INDICATORS.empty_table())).values
    array([[[0.5]]])
    """
    cells = panel.cells
    countries, rows = _places(cells["country"])
    indicators, columns = _places(cells["indicator"])
    years = np.asarray(cells["year"].to_numpy(), np.int64)
    first = int(years.min(initial=3000)) if len(years) else 0
    span = int(years.max()) - first + 1 if len(years) else 0
    shape = (len(countries), len(indicators), span)
    values, natures = np.full(shape, np.nan), np.zeros(shape, np.uint8)
    known = pc.index_in(cells["nature"], pa.array(NATURES)).fill_null(-1).to_numpy()
    at = (rows, columns, years - first)
    values[at] = cells["value"].to_numpy()
    natures[at] = known + 1
    return Cube(countries, indicators, tuple(range(first, first + span)), values, natures)


def _places(names: pa.ChunkedArray) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """The different names in order, and the place of each row's name among them."""
    distinct = pa.array(sorted(pc.unique(names).to_pylist()), pa.string())
    places = pc.index_in(names, distinct).to_numpy().astype(np.int64)
    return tuple(distinct.to_pylist()), places
