"""Inequality between people, by country averages: who counts, the measures, and their intervals.

What is measured is how unequal the *averages* of countries are, each weighted by its people
(Milanovic 2005, *Worlds Apart*, concept 2); inequality inside countries is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from aequa.core.errors import InputError
from aequa.core.inequality import (
    Array,
    gini,
    mean_log_deviation,
    palma,
    percentile_interval,
    theil,
    top_share,
)
from aequa.divide.gap_spec import GapSpec

MEASURES = {
    "gini": gini,
    "theil_t": theil,
    "theil_l": mean_log_deviation,
    "palma": palma,
}
"""Measures of ``aequa.core.inequality`` shown for everything."""


class People(NamedTuple):
    """Countries with a value and a population; the rest is named."""

    countries: tuple[str, ...]
    values: Array
    """(n,) per person"""
    population: Array
    """(n,) people, all above 0"""
    no_value: tuple[str, ...]
    """Countries with people and without a value."""
    no_population: tuple[str, ...]
    """Countries with a value and without people."""

    @property
    def totals(self) -> Array:
        """(n,) what each country holds in all."""
        return self.values * self.population


class Measured(NamedTuple):
    """A figure with its interval; NaN where it cannot be known."""

    measure: str
    value: float
    low: float
    high: float


def people(
    subject: str,
    values: Mapping[str, float],
    population: Mapping[str, float],
    totals: bool = False,
    absent: float | None = None,
) -> People:
    """Countries that have both a value and people, sorted by code.

    ``values`` are per person, or ``totals`` to divide by the population; ``absent`` stands for
    countries without a value where the source lists all there is (0), None leaves them out, named.
    Raises ``InputError`` for a negative or infinite value or population, naming the country.

    >>> made = people("compute", {"KEN": 4.0}, {"KEN": 2.0, "FRA": 1.0}, totals=True, absent=0)
    >>> made.countries, made.values.tolist()
    (('FRA', 'KEN'), [0.0, 2.0])
    """
    _checked(subject, values)
    _checked("population", population)
    peopled = {name for name, size in population.items() if size > 0}
    valued = {name for name, value in values.items() if value == value}
    both = sorted(peopled if absent is not None else peopled & valued)
    size = np.array([population[name] for name in both], float)
    found = np.array([values[name] if name in valued else absent for name in both], float)
    return People(
        countries=tuple(both),
        values=found / size if totals else found,
        population=size,
        no_value=tuple(sorted(peopled - valued)),
        no_population=tuple(sorted(valued - peopled)),
    )


def _checked(subject: str, values: Mapping[str, float]) -> None:
    for country, value in sorted(values.items()):
        if value < 0 or value in (float("inf"), float("-inf")):
            raise InputError(f"{subject}, {country}: found {value:g}, expected 0 or more")


def country_draws(countries: int, spec: GapSpec) -> Array:
    """How often each country is drawn in bootstrap samples, shape (replicates, countries).

    Countries are drawn with replacement (Efron & Tibshirani 1993, ch. 6). The world's countries
    are no sample of anything: the interval says how far a figure hangs on which countries are in
    the data and on single large ones, as if the world were one draw of such worlds.

    >>> country_draws(3, GapSpec(replicates=4)).sum(axis=1).tolist()
    [3.0, 3.0, 3.0, 3.0]
    """
    random = np.random.default_rng(spec.seed)
    evenly = np.full(countries, 1 / max(countries, 1))
    return random.multinomial(countries, evenly, size=spec.replicates).astype(np.float64)


def interval(samples: Array, countries: int, level: float) -> tuple[float, float]:
    """The percentile interval; unknown where there are fewer than two countries to draw.

    >>> interval(np.arange(5.0), 1, 0.95)
    (nan, nan)
    """
    return percentile_interval(samples, level) if countries > 1 else (np.nan, np.nan)


def measured(group: People, spec: GapSpec, draws: Array | None = None) -> list[Measured]:
    """All measures, population-weighted, and the shares of the leading countries."""
    n = len(group.countries)
    if not n:
        return []
    counts = country_draws(n, spec) if draws is None else draws
    weights = counts * group.population
    found = []
    for name, measure in MEASURES.items():
        bounds = interval(measure(group.values, weights), n, spec.level)
        found.append(Measured(name, float(measure(group.values, group.population)), *bounds))
    for top in spec.tops:
        bounds = interval(top_share(group.totals, top, counts), n, spec.level)
        value = float(top_share(group.totals, top))
        found.append(Measured(f"top{top}_share", value, *bounds))
    return found


def group_means(
    group: People, labels: Sequence[str], spec: GapSpec, draws: ArrayLike
) -> list[tuple[str, int, Measured, Measured]]:
    """Per group of countries: its name, how many they are, the mean per person, the share held."""
    names, member = np.unique(np.array(labels, dtype=str), return_inverse=True)
    inside = np.eye(len(names))[member]
    counts = np.concatenate([np.ones((1, len(labels))), np.asarray(draws, float)])
    sums, sizes = (counts * group.totals) @ inside, (counts * group.population) @ inside
    means = sums / np.where(sizes > 0, sizes, np.nan)
    whole = sums.sum(axis=1, keepdims=True)
    shares = sums / np.where(whole > 0, whole, np.nan)
    found = []
    for at, name in enumerate(names):
        n = int(inside[:, at].sum())
        mean, share = (
            Measured(what, float(rows[0, at]), *interval(rows[1:, at], n, spec.level))
            for what, rows in (("mean", means), ("share", shares))
        )
        found.append((str(name), n, mean, share))
    return found
