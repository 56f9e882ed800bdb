"""The three imbalances: attention and investment, data, and the adaptability of technology."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from aequa.core.panel import Panel
from aequa.divide import attention, data_gap, lorenz, technology
from aequa.divide.decompose import measured_split, split
from aequa.divide.gap_spec import GapSpec
from aequa.divide.gap_tables import (
    CONTRIBUTIONS,
    DECOMPOSITION,
    IMBALANCES,
    About,
    finite,
    row,
    table,
)
from aequa.divide.inequality import (
    Measured,
    People,
    country_draws,
    group_means,
    measured,
    people,
)
from aequa.divide.need import GOALS, Need, need
from aequa.divide.observe import latest
from aequa.divide.scope import labelled
from aequa.divide.structure import Structure

Row = dict[str, Any]


class Imbalances(NamedTuple):
    """The tables, each of the schema of the same name beside its mathematics."""

    imbalances: pa.Table
    decomposition: pa.Table
    contributions: pa.Table
    lorenz: pa.Table
    coverage: pa.Table
    attention_goals: pa.Table
    attention_countries: pa.Table


class Spreads(NamedTuple):
    """One subject that is spread over people."""

    about: About
    group: People


def imbalances(
    panel: Panel, scores: pa.Table, resources: pa.Table, structure: Structure, spec: GapSpec
) -> Imbalances:
    """Measure how unequal attention, data and technology are.

    ``panel`` has the indicators of ``structure`` and of ``spec.population``; ``scores`` are
    ``need.GOAL_SCORES``, ``resources`` ``attention.RESOURCES`` (it may be empty). Raises
    ``InputError`` for negative or infinite amounts, naming subject and country.
    """
    population = peopled(panel, spec)
    needed = need(scores, population)
    held = attention.held(resources)
    spreads = [spread_of(what, population) for what in held]
    tech = list(technology.subjects(panel, structure, population, spec))
    everything = [*spreads, *(Spreads(found.about, found.group) for found in tech)]
    covered = data_gap.coverage(panel, spec, population)
    rows = [found for spread in everything for found in spread_rows(spread, spec)]
    for what in held:
        rows += attention_rows(what, needed, population, spec)
    splits = [splits_of(spread, spec) for spread in everything]
    return Imbalances(
        imbalances=table([*rows, *data_rows(covered)], IMBALANCES),
        decomposition=table([found for made, _ in splits for found in made], DECOMPOSITION),
        contributions=table([found for _, parts in splits for found in parts], CONTRIBUTIONS),
        lorenz=_stacked(
            [lorenz.curve(at.about.subject, at.group, spec) for at in everything], lorenz.LORENZ
        ),
        coverage=covered,
        attention_goals=_stacked(
            [attention.goals_against_need(what, needed, spec) for what in held],
            attention.ATTENTION_GOALS,
        ),
        attention_countries=_stacked(
            [attention.countries_against_need(what, needed, population) for what in held],
            attention.ATTENTION_COUNTRIES,
        ),
    )


def peopled(panel: Panel, spec: GapSpec) -> dict[str, float]:
    """The latest population of each country, by the indicator ``spec.population``."""
    seen = latest(panel, [spec.population], spec.window, spec.until)
    column = seen.values[:, 0]
    return {
        name: float(size)
        for name, size in zip(seen.countries, column, strict=True)
        if not np.isnan(size)
    }


def spread_of(what: attention.Held, population: Mapping[str, float]) -> Spreads:
    """A subject of attention over all countries with people, those not listed at 0."""
    group = people(what.subject, what.by_country(), population, totals=True, absent=0.0)
    about = About("attention", what.subject, f"{what.unit} per person", None)
    return Spreads(about._replace(missing=len(group.no_population)), group)


def spread_rows(spread: Spreads, spec: GapSpec) -> Iterator[Row]:
    """Inequality over the world, and means and shares by group, of one subject."""
    about, group = spread
    n = len(group.countries)
    if not n:
        return
    draws = country_draws(n, spec)
    for found in measured(group, spec, draws):
        yield row(about, found, n, unit=_unit_of(found.measure))
    for grouping in spec.groupings:
        labels = labelled(group.countries, grouping)
        for name, size, mean, share in group_means(group, labels, spec, draws):
            yield row(about, mean, size, group=(grouping, name))
            yield row(about, share, size, group=(grouping, name), unit="share")


def attention_rows(
    what: attention.Held, needed: Need, population: Mapping[str, float], spec: GapSpec
) -> Iterator[Row]:
    """What is displaced from need, the unknown share, and inequality over countries by goal."""
    about = About("attention", what.subject, "share")
    known = len(what.countries)
    unknown = Measured("unknown_country_share", what.unknown_share, np.nan, np.nan)
    yield row(about, unknown, known)
    for found in attention.displaced(what, needed, spec):
        yield row(about, found, known)
    for goal in range(1, GOALS + 1):
        amounts = what.by_country(goal)
        if sum(amounts.values()) > 0:
            group = people(what.subject, amounts, population, totals=True, absent=0.0)
            at = about._replace(missing=len(group.no_population))
            for found in measured(group, spec):
                yield row(at, found, len(group.countries), goal, unit=_unit_of(found.measure))


def data_rows(covered: pa.Table) -> Iterator[Row]:
    """The coverage of groups as imbalances of data."""
    for found in covered.to_pylist():
        if found["grouping"] != "country" and found["share"] is not None:
            group = (found["grouping"], found["group"])
            bounds = [found[name] if found[name] is not None else np.nan for name in _BOUNDS]
            share = Measured("coverage", found["share"], *bounds)
            about = About("data", "applicable series", "share")
            yield row(about, share, found["countries"], found["goal"], group)


_BOUNDS = ("low", "high")


def splits_of(spread: Spreads, spec: GapSpec) -> tuple[list[Row], list[Row]]:
    """Theil's T split by every grouping, and what each country adds to it."""
    about, group = spread
    n = len(group.countries)
    if not n or not group.totals.sum() > 0:
        return [], []
    draws, rows = country_draws(n, spec), []
    for grouping in spec.groupings:
        labels = labelled(group.countries, grouping)
        made, share = measured_split(group, labels, spec, draws)
        rows.append(
            {
                "imbalance": about.imbalance,
                "subject": about.subject,
                "measure": "theil_t",
                "grouping": grouping,
                "between": float(made.between.sum()),
                "within": float(made.within.sum()),
                "between_share": finite(share.value),
                "low": finite(share.low),
                "high": finite(share.high),
                "countries": n,
                "unclassified": labels.count("unclassified"),
            }
        )
    alone = split(group.totals, group.population, [""] * n, np.ones(n))
    return rows, _parts(about.subject, group, alone.countries.tolist())


def _parts(subject: str, group: People, contributions: list[float]) -> list[Row]:
    held, size = group.totals / group.totals.sum(), group.population / group.population.sum()
    columns = (group.countries, held.tolist(), size.tolist(), contributions)
    return [
        {"subject": subject, **dict(zip(CONTRIBUTIONS.names[1:], found, strict=True))}
        for found in zip(*columns, strict=True)
    ]


def _unit_of(measure: str) -> str:
    return "share" if measure.endswith("_share") else "ratio" if measure == "palma" else "index"


def _stacked(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([*tables, schema.empty_table()])
