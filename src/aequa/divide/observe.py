"""From a panel to one value per country and indicator: the latest there is, ready to compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from aequa.core.errors import InputError
from aequa.core.panel import Panel, cube
from aequa.divide.structure import Structure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Latest(NamedTuple):
    """One value per country and indicator, in the order asked for."""

    countries: tuple[str, ...]
    values: Floats
    """(countries, indicators), NaN where there is none in the window"""
    years: Ints
    """(countries, indicators): of when the value is, 0 where there is none"""
    stale: Ints
    """(countries, indicators): the last year with a value, where that lies before the window"""
    until: int


def latest(panel: Panel, indicators: Sequence[str], window: int, until: int | None) -> Latest:
    """The last value of each indicator in the ``window`` years that end with ``until``.

    ``until`` None is the last year of any of the indicators. Raises ``InputError`` for a value that
    is not finite and where the panel has nothing of what is asked for.
    """
    _finite(panel)
    seen = cube(panel.of(indicators))
    if not seen.countries:
        raise InputError(f"panel: found no value of {', '.join(indicators)}")
    last = max(seen.years) if until is None else until
    years = np.array(seen.years, np.int64)
    there = ~np.isnan(seen.values) & (years <= last)
    newest = np.where(there.any(axis=2), (there * (years - years[0] + 1)).argmax(axis=2), -1)
    when = np.where(newest >= 0, years[newest], 0)
    fresh = when > last - window
    value = np.take_along_axis(seen.values, np.maximum(newest, 0)[..., None], axis=2)[..., 0]
    place = {name: at for at, name in enumerate(seen.indicators)}
    order = [place.get(name, -1) for name in indicators]
    known = np.array([at >= 0 for at in order])
    return Latest(
        seen.countries,
        np.where(known, np.where(fresh, value, np.nan)[:, order], np.nan),
        np.where(known, np.where(fresh, when, 0)[:, order], 0),
        np.where(known, np.where(fresh, 0, when)[:, order], 0),
        last,
    )


def _finite(panel: Panel) -> None:
    wrong = panel.cells.filter(pc.invert(pc.is_finite(panel.cells["value"])))
    if wrong.num_rows:
        row = wrong.slice(0, 1).to_pylist()[0]
        raise InputError(
            f"panel: {row['country']}, {row['indicator']}, {row['year']}: "
            f"found {row['value']}, expected a finite number"
        )


def fill_absent(values: Floats, absent: Floats, countries: npt.NDArray[np.bool_]) -> Floats:
    """Put what absence stands for where a value is missing, for the ``countries`` marked.

    ``absent`` (indicators,) is NaN where missing stays missing.

    >>> fill_absent(np.array([[np.nan, np.nan]]), np.array([0.0, np.nan]), np.array([True]))
    array([[ 0., nan]])
    """
    return np.where(np.isnan(values) & countries[:, None], absent, values)


def transformed(values: Floats, structure: Structure, population: Floats) -> Floats:
    """The values (countries, indicators) after each indicator's own transform.

    ``population`` (countries,) in people; per head without it, and the logarithm of less than 0,
    are NaN.
    """
    per_head = np.array(["per_million" in step for step in structure.transforms])
    logged = np.array(["log" in step for step in structure.transforms])
    millions = np.where(population > 0, population, np.nan)[:, None] / 1e6
    rate = np.where(per_head, values / millions, values)
    possible = np.where(rate >= 0, rate, np.nan)
    return np.where(logged, np.log1p(possible), rate)
