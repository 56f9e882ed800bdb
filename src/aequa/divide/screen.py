"""Who and what can be in the index: values made ready, and every exclusion named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.core.countries import is_country
from aequa.core.errors import InputError, SpecError
from aequa.core.groups import groups
from aequa.core.panel import Panel
from aequa.divide.missing import enough, shares
from aequa.divide.observe import Latest, fill_absent, latest, transformed
from aequa.divide.spec import Spec
from aequa.divide.structure import Structure

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_EVER = 10_000
"""Years: population may be of any year before the last."""


class Exclusion(NamedTuple):
    """One thing left out; None where it concerns all countries, or all parts."""

    iso3: str | None
    part: str | None
    reason: str
    year: int | None


@dataclass(frozen=True)
class Screened:
    """What the index is made of, (countries, indicators) where not said otherwise."""

    countries: tuple[str, ...]
    structure: Structure
    raw: Floats
    """As the panel has it"""
    years: npt.NDArray[np.int64]
    """0 where there is no value"""
    assumed: Bools
    """Where absence stands for a value"""
    values: Floats
    """After each indicator's transform"""
    directions: Floats
    """(indicators,)"""
    bounds: tuple[Floats, Floats]
    """(indicators,) each: the goalposts"""
    population: Floats
    """(countries,), NaN where unknown"""
    allowed: Bools
    """(nodes, countries): who has enough data for a score"""
    shares: Floats
    """(nodes, countries): of the parts a country has"""
    groups: tuple[str, ...]
    """(countries,): of the spec's grouping"""
    until: int
    excluded: tuple[Exclusion, ...]

    def part(self, countries: Bools, indicators: Bools) -> Screened:
        """Only the countries and indicators marked; ``allowed`` and ``shares`` as they were."""
        both, whole = np.ix_(countries, indicators), self.structure
        return replace(
            self,
            countries=tuple(np.array(self.countries)[countries].tolist()),
            structure=whole if indicators.all() else whole.only(indicators.tolist()),
            raw=self.raw[both],
            years=self.years[both],
            assumed=self.assumed[both],
            values=self.values[both],
            directions=self.directions[indicators],
            bounds=(self.bounds[0][indicators], self.bounds[1][indicators]),
            population=self.population[countries],
            allowed=self.allowed[:, countries],
            shares=self.shares[:, countries],
            groups=tuple(np.array(self.groups)[countries].tolist()),
        )


def screen(panel: Panel, structure: Structure, spec: Spec) -> Screened:
    """The countries with enough data and the indicators that tell them apart.

    Left out, with the reason: values older than the window, codes that are no country's, indicators
    without data or of one value only, countries and pillars with too little data. Raises
    ``InputError`` where fewer than two countries or no indicator are left.
    """
    seen = _gather(panel, structure, spec)
    known = np.array([is_country(code) for code in seen.countries])
    seen = replace(seen.part(known, np.ones(seen.values.shape[1], bool)), excluded=seen.excluded)
    everyone = np.ones(len(seen.countries), bool)
    seen = _telling(seen, everyone)
    while True:
        tree, present = seen.structure.tree, ~np.isnan(seen.values)
        limits = (spec.pillar_share, spec.index_share)
        seen = replace(
            seen,
            allowed=enough(present, tree, *limits),
            shares=shares(present, tree, *limits),
        )
        ranked = seen.allowed[-1]
        if ranked.sum() < 2:
            raise InputError(
                f"panel: {int(ranked.sum())} of {len(ranked)} countries have enough data for an "
                "index, expected two or more"
            )
        fewer = _telling(seen, ranked)
        if fewer is seen:
            return _only_ranked(seen, spec)
        seen = fewer


def _gather(panel: Panel, structure: Structure, spec: Spec) -> Screened:
    found = latest(panel, structure.indicators, spec.window, spec.until)
    population = _population(panel, found, spec)
    inhabited = ~np.isnan(population) | np.isnan(population).all()
    inhabited &= ~np.isnan(found.values).all(axis=1)
    filled = fill_absent(found.values, structure.absent, inhabited)
    of = groups(spec.grouping)
    nodes = (len(structure.pillars), len(found.countries))
    return Screened(
        countries=found.countries,
        structure=structure,
        raw=filled,
        years=found.years,
        assumed=np.isnan(found.values) & ~np.isnan(filled),
        values=transformed(filled, structure, population),
        directions=_directions(panel, structure),
        bounds=_bounds(panel, structure),
        population=population,
        allowed=np.ones(nodes, bool),
        shares=np.ones(nodes),
        groups=tuple(of.get(country, "unclassified") for country in found.countries),
        until=found.until,
        excluded=tuple(_stale(found, structure)),
    )


def _population(panel: Panel, found: Latest, spec: Spec) -> Floats:
    if panel.of([spec.population]).cells.num_rows == 0:
        return np.full(len(found.countries), np.nan)
    people = latest(panel, [spec.population], _EVER, found.until)
    of = dict(zip(people.countries, people.values[:, 0].tolist(), strict=True))
    return np.array([of.get(country, np.nan) for country in found.countries])


def _about(panel: Panel) -> dict[str, dict[str, float | None]]:
    fields = ["indicator", "direction", "lower", "optimum"]
    rows = panel.indicators.select(fields).to_pylist()
    return {row["indicator"]: row for row in rows}


def _directions(panel: Panel, structure: Structure) -> Floats:
    about = _about(panel)
    given = [
        about.get(name, {}).get("direction") if own is None else own
        for name, own in zip(structure.indicators, structure.directions, strict=True)
    ]
    unknown = [
        name
        for name, direction in zip(structure.indicators, given, strict=True)
        if direction not in (1, -1) and name in about
    ]
    if unknown:
        raise SpecError(f"structure: {', '.join(unknown)}: no direction, expected 1 or -1")
    return np.array([1 if direction is None else direction for direction in given], float)


def _bounds(panel: Panel, structure: Structure) -> tuple[Floats, Floats]:
    """The structure's goalposts, else those of the panel where the indicator is as it came."""
    about = _about(panel)
    plain = np.array([not step for step in structure.transforms])
    rows = [about.get(name, {}) for name in structure.indicators]
    panel_lower = np.array([row.get("lower") for row in rows], float)
    panel_upper = np.array([row.get("optimum") for row in rows], float)
    given = ~np.isnan(structure.lower) | ~np.isnan(structure.upper) | ~plain
    return (
        np.where(given, structure.lower, panel_lower),
        np.where(given, structure.upper, panel_upper),
    )


def _stale(found: Latest, structure: Structure) -> list[Exclusion]:
    """Values too old for the window, and codes that are no country's."""
    reason = f"older than the window that ends in {found.until}"
    strange = [code for code in found.countries if not is_country(code)]
    old = [
        (found.countries[row], structure.indicators[at], int(found.stale[row, at]))
        for row, at in np.argwhere(found.stale > 0).tolist()
    ]
    return [
        *(Exclusion(code, None, "not a country of ISO 3166-1", None) for code in strange),
        *(Exclusion(code, name, reason, year) for code, name, year in old),
    ]


def _telling(seen: Screened, countries: Bools) -> Screened:
    """Without the indicators that have no or one value among ``countries``; itself if none is."""
    values = seen.values[countries]
    there = ~np.isnan(values)
    low = np.where(there, values, np.inf).min(axis=0, initial=np.inf)
    high = np.where(there, values, -np.inf).max(axis=0, initial=-np.inf)
    kept = high > low
    if kept.all():
        return seen
    if not kept.any():
        raise InputError("panel: no indicator of the structure differs between countries")
    dropped = [
        Exclusion(
            None,
            seen.structure.indicators[at],
            "constant" if there[:, at].any() else "no value in the window",
            None,
        )
        for at in np.flatnonzero(~kept).tolist()
    ]
    fewer = seen.part(np.ones(len(seen.countries), bool), kept)
    return replace(fewer, excluded=(*seen.excluded, *dropped))


def _only_ranked(seen: Screened, spec: Spec) -> Screened:
    """Without the countries that lack too much, and with a word on each pillar that is lacking."""
    names, last = seen.structure.pillars, len(seen.structure.pillars) - 1
    lowest = np.isin(np.arange(len(names)), seen.structure.tree.leaf_parent)
    out = [
        Exclusion(
            seen.countries[country],
            names[node],
            f"has {seen.shares[node, country]:.0%} of the parts, expected "
            f"{spec.pillar_share if lowest[node] else spec.index_share:.0%}",
            None,
        )
        for country, node in np.argwhere(~seen.allowed.T).tolist()
        if node == last or seen.allowed[last, country]
    ]
    fewer = seen.part(seen.allowed[-1], np.ones(seen.values.shape[1], bool))
    return replace(fewer, excluded=(*seen.excluded, *out))
