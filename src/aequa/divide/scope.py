"""Which series a country can be expected to report: coverage is over those only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.groups import groups
from aequa.core.panel import NATURES, Panel
from aequa.divide.gap_spec import GapSpec

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class Reports(NamedTuple):
    """What was last reported, by country and series; a family of indicators is one series."""

    countries: tuple[str, ...]
    series: tuple[str, ...]
    goals: Ints
    """(series,) 0 for none"""
    last: Ints
    """(countries, series) year of the latest value, 0 where there never was one"""
    nature: Ints
    """(countries, series) of the latest value: 1 + place in ``core.panel.NATURES``, 0 unknown"""
    ends: Ints
    """(series,) the last year in which any country has a value: copies of sources are of many
    dates, and an old copy says nothing of how late a country reports"""

    @property
    def ever(self) -> Bools:
        """(countries, series) whether there ever was a value."""
        return np.asarray(self.last > 0)


def reports(panel: Panel, until: int | None = None) -> Reports:
    """The latest value of each series in each country up to ``until`` (the last year there is).

    Indicators of one family measure the same thing, so one of them is enough; their latest value
    counts, of the most country-made nature where several are of one year. Countries are those the
    panel has any value of.
    """
    about, cells = panel.indicators, panel.cells
    keys = pc.coalesce(about["family"], about["indicator"])
    key_of = keys.take(pc.index_in(cells["indicator"], about["indicator"]))
    end = until if until is not None else int(pc.max(cells["year"]).as_py() or 0)
    kept = pc.less_equal(cells["year"], end)
    cells, key_of = cells.filter(kept), key_of.filter(kept)
    countries, rows = _numbered(cells["country"])
    series, columns = _numbered(key_of)
    known = pc.index_in(cells["nature"], pa.array(NATURES)).fill_null(-1).to_numpy() + 1
    years = cells["year"].to_numpy().astype(np.int64)
    worth = years * 10 + np.where(known > 0, 9 - known, 0)  # latest first, then country-made
    best = np.zeros((len(countries), len(series)), np.int64)
    np.maximum.at(best, (rows, columns), worth)
    rank = best % 10
    goal_of = dict(zip(keys.to_pylist(), about["goal"].to_pylist(), strict=True))
    goals = np.array([goal_of[name] or 0 for name in series], np.int64)
    last = best // 10
    ends = last.max(axis=0, initial=0)
    return Reports(countries, series, goals, last, np.where(rank > 0, 9 - rank, 0), ends)


def applicable(made: Reports, spec: GapSpec) -> Bools:
    """Whether a series is for a country, shape (countries, series).

    A series is applicable to a country that has ever reported it, and to one all of whose groups
    take part: in each grouping of ``spec.scope_groupings``, and among countries with or without a
    coast, at least ``spec.scope_share`` of the country's group have ever reported it. So marine
    series are not missing in Mali, nor aid given by donors, and a series that hardly anyone reports
    is missing nowhere. ``unclassified`` is no group. A share of 0 makes every series applicable to
    every country.
    """
    mask = np.ones(made.last.shape, bool)
    for grouping in (*spec.scope_groupings, "coast"):
        labels = labelled(made.countries, grouping)
        names, member = np.unique(np.array(labels, dtype=str), return_inverse=True)
        inside = np.eye(len(names))[member]
        rate = inside.T @ made.ever / np.maximum(inside.sum(axis=0), 1)[:, None]
        fits = (rate >= spec.scope_share) | (names == "unclassified")[:, None]
        mask &= fits[member]
    return np.asarray(mask | made.ever)


def labelled(countries: Sequence[str], grouping: str) -> list[str]:
    """The group of each country; ``coast`` has the groups ``coast`` and ``landlocked``.

    >>> labelled(["MLI", "KEN"], "coast"), labelled(["KEN", "A1"], "income")
    (['landlocked', 'coast'], ['lower-middle', 'unclassified'])
    """
    if grouping == "coast":
        return ["landlocked" if name in landlocked() else "coast" for name in countries]
    of = groups(grouping)
    return [of.get(name, "unclassified") for name in countries]


@cache
def landlocked() -> frozenset[str]:
    """Countries without a coast, of ``landlocked.tsv``."""
    text = files("aequa.divide").joinpath("landlocked.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(lines[1:])


def _numbered(names: pa.ChunkedArray) -> tuple[tuple[str, ...], Ints]:
    distinct = pa.array(sorted(pc.unique(names).to_pylist()), pa.string())
    places = pc.index_in(names, distinct).to_numpy().astype(np.int64)
    return tuple(distinct.to_pylist()), places
