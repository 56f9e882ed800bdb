"""Attention and investment against need: who and which goals get more or less than their share.

Attention is a table of amounts (``RESOURCES``): works, highly cited works, notable models, compute,
development finance. Need comes from ``aequa.divide.need``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.errors import InputError
from aequa.core.inequality import Array
from aequa.divide.gap_spec import GapSpec
from aequa.divide.gap_tables import finite, table
from aequa.divide.inequality import Measured, country_draws, interval
from aequa.divide.need import GOALS, Need

WORKS = pa.schema(
    [
        pa.field("country", pa.string()),
        pa.field("goal", pa.int8()),
        pa.field("works", pa.float64()),
        pa.field("highly_cited", pa.float64()),
    ]
)
"""Works by country and goal, each split in equal parts over its countries and goals, so that the
column adds up to the number of works; country is null where unknown, goal where a work has none."""

RESOURCES = pa.schema(
    [
        pa.field("subject", pa.string()),
        pa.field("unit", pa.string()),
        pa.field("country", pa.string()),
        pa.field("goal", pa.int8()),
        pa.field("amount", pa.float64()),
    ]
)
"""What is spread: ``amount`` in ``unit`` of a ``subject`` in a country (null: unknown) for a goal
(null: for none or all). The rows of a subject add up to its total; what is not listed is 0."""

ATTENTION_GOALS = pa.schema(
    [
        pa.field("subject", pa.string()),
        pa.field("unit", pa.string()),
        pa.field("goal", pa.int8()),
        pa.field("need", pa.string()),
        pa.field("amount", pa.float64()),
        pa.field("share", pa.float64()),
        pa.field("share_need", pa.float64()),
        pa.field("ratio", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
    ]
)
"""ratio = share of attention ÷ share of need; need: ``people`` affected, or ``distance`` alone."""

ATTENTION_COUNTRIES = pa.schema(
    [
        pa.field("subject", pa.string()),
        pa.field("unit", pa.string()),
        pa.field("country", pa.string()),
        pa.field("amount", pa.float64()),
        pa.field("per_million", pa.float64()),
        pa.field("share", pa.float64()),
        pa.field("share_need", pa.float64()),
        pa.field("ratio", pa.float64()),
    ]
)
"""Per country over all goals; share_need: of the people affected, mean over the goals scored."""


class Held(NamedTuple):
    """What the countries hold of one subject, by goal."""

    subject: str
    unit: str
    countries: tuple[str, ...]
    amounts: Array
    """(countries + 1, 1 + 17): the last row is of unknown countries, the first column of no goal"""

    @property
    def by_goal(self) -> Array:
        """(17,) over all countries, the unknown ones included."""
        return np.asarray(self.amounts[:, 1:].sum(axis=0))

    def by_country(self, goal: int | None = None) -> dict[str, float]:
        """Of known countries: one goal's, or all."""
        column = self.amounts.sum(axis=1) if goal is None else self.amounts[:, goal]
        return dict(zip(self.countries, column[:-1].tolist(), strict=True))

    @property
    def unknown_share(self) -> float:
        """Share of the total whose country is not known."""
        whole = self.amounts.sum()
        return float(self.amounts[-1].sum() / whole) if whole > 0 else float("nan")


def works_as_resources(works: pa.Table) -> pa.Table:
    """``RESOURCES`` with the subjects ``works`` and ``highly_cited``, of a table ``WORKS``."""
    parts = []
    for subject in ("works", "highly_cited"):
        constant = [pa.array([name] * works.num_rows, pa.string()) for name in (subject, "works")]
        columns = [*constant, works["country"], works["goal"], works[subject]]
        parts.append(pa.table(columns, schema=RESOURCES))
    return pa.concat_tables(parts)


def held(resources: pa.Table) -> list[Held]:
    """Every subject of ``RESOURCES``, sorted by name.

    Raises ``InputError`` for an amount that is negative, missing or infinite, naming the country.
    """
    _checked(resources)
    names = sorted(pc.unique(resources["subject"]).to_pylist())
    return [_held(resources.filter(pc.equal(resources["subject"], name)), name) for name in names]


def _checked(resources: pa.Table) -> None:
    amounts = resources["amount"].to_numpy().astype(float)
    wrong = np.flatnonzero(~((amounts >= 0) & (amounts < np.inf)))
    goals = pc.fill_null(resources["goal"], 1).to_numpy()
    astray = np.flatnonzero((goals < 1) | (goals > GOALS))
    for at, field in [(at, "amount") for at in wrong] + [(at, "goal") for at in astray]:
        found = resources.slice(at, 1).to_pylist()[0]
        where = f"{found['subject']}, {found['country']}, goal {found['goal']}"
        expected = "0 or more" if field == "amount" else f"a goal from 1 to {GOALS}"
        raise InputError(f"{where}: found {field} {found[field]}, expected {expected}")


def _held(rows: pa.Table, subject: str) -> Held:
    countries = tuple(sorted(name for name in pc.unique(rows["country"]).to_pylist() if name))
    place = pc.index_in(rows["country"], pa.array(countries, pa.string()))
    at = pc.fill_null(place, len(countries)).to_numpy()
    goal = pc.fill_null(rows["goal"], 0).to_numpy()
    amounts = np.zeros((len(countries) + 1, 1 + GOALS))
    np.add.at(amounts, (at, goal), rows["amount"].to_numpy())
    return Held(subject, rows["unit"][0].as_py() or "", countries, amounts)


def _samples(what: Held, spec: GapSpec) -> Array:
    """(replicates, 17) amounts by goal as another sample would have them.

    Counted things vary as Poisson's law has it: a goal with λ works has on another occasion λ ± √λ
    (for works split over goals this is on the wide side). Amounts vary with the countries drawn.
    """
    if what.subject in spec.counted:
        random = np.random.default_rng(spec.seed)
        return random.poisson(what.by_goal, (spec.replicates, GOALS)).astype(np.float64)
    known = country_draws(len(what.countries), spec) @ what.amounts[:-1, 1:]
    return np.asarray(known + what.amounts[-1, 1:])


def needs_by_goal(need: Need) -> dict[str, Array]:
    """(17,) shares of need by goal: of the people affected, and of the mean distance alone.

    A country without a score in a goal adds nothing to that goal's people.
    """
    scored = ~np.isnan(need.distance)
    sums = np.where(scored, need.distance, 0).sum(axis=0)
    distance = sums / np.maximum(scored.sum(axis=0), 1)
    people = np.where(scored, need.people, 0).sum(axis=0)
    return {"people": _shares(people), "distance": _shares(distance)}


def goals_against_need(what: Held, need: Need, spec: GapSpec) -> pa.Table:
    """``ATTENTION_GOALS``: each goal's share of attention over its share of need.

    A ratio of 1 is attention in step with need, 0.5 half of it. Goals nobody needs have none. No
    rows where nothing of the subject goes to a goal.
    """
    amounts, rows = what.by_goal, []
    if not amounts.sum() > 0:
        return ATTENTION_GOALS.empty_table()
    share, samples = _shares(amounts), _shares(_samples(what, spec))
    for basis, needed in needs_by_goal(need).items():
        divisor = np.where(needed > 0, needed, np.nan)
        low, high = _bounds(samples / divisor, what, spec)
        for at in range(GOALS):
            figures = (amounts[at], share[at], needed[at], share[at] / divisor[at])
            rows.append(_goal_row(what, basis, at + 1, (*figures, low[at], high[at])))
    return table(rows, ATTENTION_GOALS)


def _goal_row(what: Held, basis: str, goal: int, figures: tuple[float, ...]) -> dict[str, Any]:
    names = ("amount", "share", "share_need", "ratio", "low", "high")
    numbers = {name: finite(float(x)) for name, x in zip(names, figures, strict=True)}
    return {"subject": what.subject, "unit": what.unit, "goal": goal, "need": basis, **numbers}


def _bounds(samples: Array, what: Held, spec: GapSpec) -> tuple[Array, Array]:
    n = len(what.countries) if what.subject not in spec.counted else 2
    pairs = np.array([interval(column, n, spec.level) for column in samples.T])
    return pairs[:, 0], pairs[:, 1]


def displaced(what: Held, need: Need, spec: GapSpec) -> list[Measured]:
    """The share of attention that would have to move to other goals to be in step with need.

    Half the sum of absolute differences of the two shares (Duncan & Duncan 1955, the index of
    dissimilarity): 0 in step, 1 all of it where there is no need. Chance alone makes it larger
    than 0 where works are few.
    """
    if not what.by_goal.sum() > 0:
        return []
    found = []
    for basis, needed in needs_by_goal(need).items():
        value = np.abs(_shares(what.by_goal) - needed).sum() / 2
        samples = np.abs(_shares(_samples(what, spec)) - needed).sum(axis=1) / 2
        n = 2 if what.subject in spec.counted else len(what.countries)
        bounds = interval(samples, n, spec.level)
        found.append(Measured(f"displaced_from_{basis}", float(value), *bounds))
    return found


def countries_against_need(what: Held, need: Need, population: Mapping[str, float]) -> pa.Table:
    """``ATTENTION_COUNTRIES``: amount per million people and share over share of need.

    Every country with people or an amount has a row; what is unknown is null.
    """
    amount_of = what.by_country()
    whole = sum(amount_of.values())
    scored = ~np.isnan(need.distance)
    mean = np.where(scored, need.people, 0).sum(axis=1) / np.maximum(scored.sum(axis=1), 1)
    needed = dict(zip(need.countries, _shares(mean).tolist(), strict=True))
    rows = []
    for country in sorted({*amount_of, *population}):
        amount, size = amount_of.get(country, 0.0), population.get(country, 0)
        share, need_share = amount / whole if whole else None, needed.get(country)
        some = share is not None and need_share
        rows.append(
            {
                **{"subject": what.subject, "unit": what.unit, "country": country},
                "amount": amount,
                "per_million": amount / size * 1e6 if size > 0 else None,
                "share": share,
                "share_need": need_share,
                "ratio": share / need_share if some and share is not None and need_share else None,
            }
        )
    return table(rows, ATTENTION_COUNTRIES)


def _shares(amounts: Array) -> Array:
    whole = amounts.sum(axis=-1, keepdims=True)
    return np.asarray(amounts / np.where(whole > 0, whole, np.nan))
