"""The data gap: coverage of the series that apply, timeliness, and who made the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from aequa.core.inequality import Array, percentile_interval
from aequa.core.panel import NATURES, Panel
from aequa.divide.gap_spec import GapSpec
from aequa.divide.gap_tables import finite, table
from aequa.divide.need import GOALS
from aequa.divide.scope import Bools, Reports, applicable, labelled, reports

COVERAGE = pa.schema(
    [
        pa.field("grouping", pa.string()),
        pa.field("group", pa.string()),
        pa.field("goal", pa.int8()),
        pa.field("countries", pa.int32()),
        pa.field("no_population", pa.int32()),
        pa.field("series_applicable", pa.float64()),
        pa.field("series_covered", pa.float64()),
        pa.field("share", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("share_by_country", pa.float64()),
        pa.field("share_of_all_series", pa.float64()),
        pa.field("median_age", pa.float64()),
        pa.field("country_produced_share", pa.float64()),
        pa.field("unknown_nature", pa.float64()),
    ]
)
"""One row per country (grouping ``country``), group or ``world``, and goal (null: all series).

series_applicable and series_covered: per country, the mean of a group's. share: covered ÷
applicable weighted by people, with an interval over the group's countries; share_by_country: each
country equally, the no_population that have no people included; share_of_all_series: the same were
every series for everyone. median_age: years from the latest value to the series' last anywhere, of
the applicable series that have any; country_produced_share: of the covered series of which it is
known who made the value, those produced by the country or adjusted from what it produced;
unknown_nature: share of the covered series of which it is not, those carried on included.
"""

PRODUCED = [1 + NATURES.index(name) for name in ("country", "adjusted")]
KNOWN = [*PRODUCED, *(1 + NATURES.index(name) for name in ("estimated", "modelled"))]


@dataclass(frozen=True)
class Counts:
    """Counts by country and goal, shape (countries, 18) each: all series, then goals 1 to 17."""

    weights: Array
    """(countries, 1) people"""
    all_series: Array
    applicable: Array
    covered: Array
    known: Array
    produced: Array


def coverage(
    panel: Panel, spec: GapSpec, population: Mapping[str, float] | None = None
) -> pa.Table:
    """``COVERAGE`` of a panel; no rows of an empty one.

    Small territories make many countries and few people, so shares of groups are weighted by
    ``population``; without it every country weighs the same.
    A series is covered where the country has a value of the last ``spec.covered_window`` years
    up to the last year in which any country has one.
    Groups are resampled by country; the interval of a group of one is unknown.
    """
    if not panel.cells.num_rows:
        return COVERAGE.empty_table()
    made = reports(panel, spec.until)
    scope = applicable(made, spec)
    size = [1.0 if population is None else population.get(name, 0.0) for name in made.countries]
    found = counts(made, scope, spec, np.array(size))
    ages = np.where(scope & made.ever, made.ends - made.last, np.nan).astype(float)
    rows = [*_rows_of_groups(made, found, ages, spec), *_rows_of_countries(made, found, ages)]
    return table(rows, COVERAGE)


def counts(made: Reports, scope: Bools, spec: GapSpec, people: Array) -> Counts:
    """What is applicable, covered, of known nature and country-produced."""
    fresh = made.last > made.ends - spec.covered_window
    covered = scope & fresh
    goal = _goal_columns(made)
    whole = np.tile(goal.sum(axis=0), (len(made.countries), 1))
    parts = (
        scope,
        covered,
        covered & np.isin(made.nature, KNOWN),
        covered & np.isin(made.nature, PRODUCED),
    )
    return Counts(people[:, None], whole, *(part.astype(float) @ goal for part in parts))


def _goal_columns(made: Reports) -> Array:
    """(series, 18): which series each column counts."""
    columns = np.equal(made.goals[:, None], np.arange(GOALS + 1)).astype(np.float64)
    columns[:, 0] = 1
    return columns


def _rows_of_countries(made: Reports, found: Counts, ages: Array) -> Iterator[dict[str, Any]]:
    median = _medians(made, ages)
    for at, country in enumerate(made.countries):
        only = Counts(*(getattr(found, name)[at : at + 1] for name in Counts.__annotations__))
        none = np.full((0, GOALS + 1), np.nan)
        yield from _rows("country", country, only, none, median[at], 0.95)


def _rows_of_groups(
    made: Reports, found: Counts, ages: Array, spec: GapSpec
) -> Iterator[dict[str, Any]]:
    for grouping in ("world", *spec.groupings):
        labels = labelled(made.countries, grouping) if grouping != "world" else []
        member = np.array(labels or ["world"] * len(made.countries), dtype=str)
        for name in sorted(set(member.tolist())):
            inside = member == name
            group = Counts(*(getattr(found, part)[inside] for part in Counts.__annotations__))
            pooled = _pooled_medians(made, ages[inside])
            yield from _rows(grouping, name, group, _samples(group, spec), pooled, spec.level)


def _samples(group: Counts, spec: GapSpec) -> Array:
    """(replicates, 18) shares in bootstrap samples of the group's countries; none of one."""
    n = len(group.applicable)
    if n < 2:
        return np.full((0, GOALS + 1), np.nan)
    random = np.random.default_rng(spec.seed)
    drawn = random.multinomial(n, np.full(n, 1 / n), size=spec.replicates).astype(float)
    weights = drawn * group.weights[:, 0]
    return _ratio(weights @ group.covered, weights @ group.applicable)


def _rows(
    grouping: str, name: str, group: Counts, samples: Array, ages: Array, level: float
) -> Iterator[dict[str, Any]]:
    n = len(group.applicable)
    sums = {part: getattr(group, part).sum(axis=0) for part in Counts.__annotations__}
    people = [(group.weights * part).sum(axis=0) for part in (group.covered, group.applicable)]
    share = _ratio(*people)
    equally = _ratio(sums["covered"], sums["applicable"])
    plain = _ratio(sums["covered"], sums["all_series"])
    produced = _ratio(sums["produced"], sums["known"])
    unknown = _ratio(sums["covered"] - sums["known"], sums["covered"])
    for goal in np.flatnonzero(sums["all_series"] > 0):
        low, high = percentile_interval(samples[:, goal], level)
        yield {
            "grouping": grouping,
            "group": name,
            "goal": int(goal) or None,
            "countries": n,
            "no_population": int((group.weights <= 0).sum()),
            "series_applicable": float(sums["applicable"][goal] / n),
            "series_covered": float(sums["covered"][goal] / n),
            "share": finite(float(share[goal])),
            "low": finite(low),
            "high": finite(high),
            "share_by_country": finite(float(equally[goal])),
            "share_of_all_series": finite(float(plain[goal])),
            "median_age": finite(float(ages[goal])),
            "country_produced_share": finite(float(produced[goal])),
            "unknown_nature": finite(float(unknown[goal])),
        }


def _medians(made: Reports, ages: Array) -> Array:
    """(countries, 18) median ages, NaN where there is none."""
    columns = _goal_columns(made).astype(bool)
    found = [_median(ages[:, columns[:, goal]]) for goal in range(GOALS + 1)]
    return np.stack(found, axis=1)


def _pooled_medians(made: Reports, ages: Array) -> Array:
    """(18,) median ages over the countries of a group."""
    columns = _goal_columns(made).astype(bool)
    flat = [ages[:, columns[:, goal]].reshape(1, -1) for goal in range(GOALS + 1)]
    return np.concatenate([_median(row) for row in flat])


def _median(rows: Array) -> Array:
    """(rows,) medians of what is known."""
    ordered = np.sort(rows, axis=1)  # NaN last
    n = (~np.isnan(rows)).sum(axis=1)
    padded = np.concatenate([ordered, np.full((len(rows), 1), np.nan)], axis=1)
    at = np.arange(len(rows))
    low, high = padded[at, np.maximum(n - 1, 0) // 2], padded[at, n // 2]
    return np.asarray(np.where(n > 0, (low + high) / 2, np.nan))


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(part / np.where(whole > 0, whole, np.nan))
