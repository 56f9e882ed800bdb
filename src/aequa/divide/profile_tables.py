"""The country profiles as flat tables, and what the countries score in the goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.panel import Panel
from aequa.divide.need import GOALS, goal_scores
from aequa.divide.observe import latest

PEERS = pa.schema(
    [
        pa.field("iso3", pa.string(), nullable=False),
        pa.field("place", pa.int8(), nullable=False),
        pa.field("peer", pa.string(), nullable=False),
    ]
)
"""``place`` 1 is the nearest peer; the rule is ``profiles.PEERS``."""

RAISES = pa.schema(
    [
        pa.field("iso3", pa.string(), nullable=False),
        pa.field("place", pa.int8(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("indicator_name", pa.string(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("to", pa.float64(), nullable=False),
        pa.field("index_gain", pa.float64(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("rank_after", pa.int32(), nullable=False),
    ]
)
"""What would raise a country's rank most, the most first; the rule is ``profiles.RULE``."""

DATA = pa.schema(
    [
        pa.field("iso3", pa.string(), nullable=False),
        pa.field("goal", pa.int8()),
        pa.field("series_applicable", pa.int32()),
        pa.field("series_covered", pa.int32()),
        pa.field("share", pa.float64()),
        pa.field("median_age", pa.float64()),
    ]
)
"""The data of one country; ``goal`` null is all of them, ``median_age`` in years."""

SCORES = pa.schema(
    [
        pa.field("iso3", pa.string(), nullable=False),
        pa.field("goal", pa.int8(), nullable=False),
        pa.field("year", pa.int16()),
        pa.field("score", pa.float64()),
        pa.field("population", pa.float64()),
    ]
)
"""The latest score of the window, null where there is none; every country has all goals."""


def peers(profiles: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """``PEERS`` of all profiles."""
    rows = [
        {"iso3": iso3, "place": place, "peer": peer}
        for iso3, one in profiles.items()
        for place, peer in enumerate(one["peers"], 1)
    ]
    return pa.Table.from_pylist(rows, schema=PEERS)


def raises(profiles: Mapping[str, Mapping[str, Any]], named: Mapping[str, str]) -> pa.Table:
    """``RAISES`` of all profiles, the indicators with their names."""
    rows = [
        {"iso3": iso3, "place": place, **row, "indicator_name": _called(row["indicator"], named)}
        for iso3, one in profiles.items()
        for place, row in enumerate(one["raise"], 1)
    ]
    return pa.Table.from_pylist(rows, schema=RAISES)


def indicators(table: pa.Table, named: Mapping[str, str]) -> pa.Table:
    """The table ``indicators`` of an index with the indicators' names."""
    names = [_called(one, named) for one in table["indicator"].to_pylist()]
    return table.append_column("indicator_name", pa.array(names, pa.string()))


def data(coverage: pa.Table) -> pa.Table:
    """``DATA``: the rows of single countries in the table ``coverage``."""
    rows = coverage.filter(pc.equal(coverage["grouping"], "country"))
    columns = ["goal", "series_applicable", "series_covered", "share", "median_age"]
    found = pa.table([rows["group"], *(rows[name] for name in columns)], names=DATA.names)
    return found.cast(DATA)


def scores(panel: Panel, window: int, population: Mapping[str, float]) -> pa.Table:
    """``SCORES`` of every country with a score or people; ``panel`` is of goal scores."""
    goals = dict(
        zip(
            panel.indicators["indicator"].to_pylist(),
            panel.indicators["goal"].to_pylist(),
            strict=True,
        )
    )
    names = [name for name, goal in goals.items() if goal is not None]
    seen = latest(panel, names, window, None)
    years: dict[tuple[str, int], int] = {}
    for row, at in np.argwhere(seen.years > 0).tolist():
        key = (seen.countries[row], goals[names[at]])
        years[key] = max(years.get(key, 0), int(seen.years[row, at]))
    known = {(row["country"], row["goal"]): row["score"] for row in _known(panel, window)}
    rows = [
        {
            "iso3": country,
            "goal": goal,
            "year": years.get((country, goal)),
            "score": known.get((country, goal)),
            "population": population.get(country),
        }
        for country in sorted({*population, *(country for country, _ in known)})
        for goal in range(1, GOALS + 1)
    ]
    return pa.Table.from_pylist(rows, schema=SCORES)


def _known(panel: Panel, window: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = goal_scores(panel, window).to_pylist()
    return found


def _called(indicator: str, named: Mapping[str, str]) -> str:
    return named.get(indicator) or indicator
