"""Need: how far countries are from a goal, and how many people that touches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.errors import InputError
from aequa.core.inequality import Array
from aequa.core.panel import Panel
from aequa.divide.observe import latest

GOALS = 17
GOAL_SCORES = pa.schema(
    [
        pa.field("country", pa.string()),
        pa.field("goal", pa.int8()),
        pa.field("score", pa.float64()),
    ]
)
"""Each country's score in each goal, 0 to 100; no row where it is unknown."""


class Need(NamedTuple):
    """Distance to the goals and people affected; NaN where a score is missing."""

    countries: tuple[str, ...]
    population: Array
    """(countries,)"""
    distance: Array
    """(countries, 17): 100 − goal score, in points"""
    no_population: tuple[str, ...]
    """Countries with a score and without people, left out."""

    @property
    def people(self) -> Array:
        """(countries, 17): population × distance / 100, people affected."""
        return np.asarray(self.population[:, None] * self.distance / 100)


def goal_scores(panel: Panel, window: int, until: int | None = None) -> pa.Table:
    """``GOAL_SCORES`` from a panel whose indicators are scores of goals (column ``goal``).

    The latest of the window; where a goal has several, their mean.
    """
    about = panel.indicators.filter(pc.is_valid(panel.indicators["goal"]))
    seen = latest(panel, about["indicator"].to_pylist(), window, until)
    goals, rows = np.array(about["goal"].to_pylist()), []
    for goal in sorted(set(goals.tolist())):
        values = seen.values[:, goals == goal]
        known = ~np.isnan(values)
        means = np.where(known, values, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        some = np.flatnonzero(known.any(axis=1))
        rows += [(seen.countries[at], goal, float(means[at])) for at in some]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 3
    return pa.table(columns, names=GOAL_SCORES.names).cast(GOAL_SCORES)


def need(scores: pa.Table, population: Mapping[str, float]) -> Need:
    """Need of every country that has a score and people.

    Raises ``InputError`` for a score outside 0 to 100, or a goal that is none of the 17.

    >>> rows = {"country": ["KEN"], "goal": [1], "score": [75.0]}
    >>> need(pa.table(rows).cast(GOAL_SCORES), {"KEN": 200.0}).people[0, 0]
    np.float64(50.0)
    """
    rows = list(zip(*(scores[name].to_pylist() for name in GOAL_SCORES.names), strict=True))
    for country, goal, score in rows:
        if score is None or not 0 <= score <= 100 or not 1 <= (goal or 0) <= GOALS:
            found = f"goal scores, {country}, goal {goal}: found {score}"
            raise InputError(f"{found}, expected a score from 0 to 100 of a goal from 1 to 17")
    scored = {country for country, _, _ in rows}
    countries = tuple(sorted(name for name in scored if population.get(name, 0) > 0))
    place = {name: at for at, name in enumerate(countries)}
    distance = np.full((len(countries), GOALS), np.nan)
    for country, goal, score in rows:
        if country in place:
            distance[place[country], goal - 1] = 100 - score
    size = np.array([population[name] for name in countries], float)
    return Need(countries, size, distance, tuple(sorted(scored - set(countries))))
