"""Technology adaptability: each pillar's indicators per person, ready to be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from aequa.core.panel import Panel
from aequa.divide.gap_spec import GapSpec
from aequa.divide.gap_tables import About
from aequa.divide.inequality import People, people
from aequa.divide.observe import latest
from aequa.divide.structure import Structure


class Subject(NamedTuple):
    """One indicator of a pillar: who has how much per person, and what the rows say of it."""

    about: About
    pillar: str
    group: People
    stale: int
    """Countries whose values are all older than the window."""


def subjects(
    panel: Panel, structure: Structure, population: Mapping[str, float], spec: GapSpec
) -> Iterator[Subject]:
    """Every indicator of the structure that the panel has, in its order.

    Values are per person: shares and scores as they are, totals (transform ``per_million``) divided
    by the people. Where absence from a source stands for a value (``absent``), it is put in, for
    countries with people. An indicator with a negative value cannot be shared out: Gini and Theil
    are undefined, and ``InputError`` names the country.
    """
    seen = latest(panel, structure.indicators, spec.window, spec.until)
    units = _columns(panel, "unit")
    for at, indicator in enumerate(structure.indicators):
        column, years = seen.values[:, at], seen.years[:, at]
        known = ~np.isnan(column)
        if not known.any():
            continue
        values = {seen.countries[row]: float(column[row]) for row in np.flatnonzero(known)}
        absent = float(structure.absent[at])
        totals = "per_million" in structure.transforms[at]
        group = people(indicator, values, population, totals, None if np.isnan(absent) else absent)
        missing = len(group.no_population) + (len(group.no_value) if np.isnan(absent) else 0)
        unit = f"{units.get(indicator) or ''}{' per person' if totals else ''}"
        imbalance = _imbalance(structure, int(structure.tree.leaf_parent[at]))
        about = About(imbalance, indicator, unit, int(np.median(years[known])), missing)
        pillar = structure.pillars[structure.tree.leaf_parent[at]]
        yield Subject(about, pillar, group, int((seen.stale[:, at] > 0).sum()))


def _imbalance(structure: Structure, node: int) -> str:
    """The name of the pillar of pillars, right below the index, that a pillar lies in."""
    above = structure.tree.node_parent
    while above[node] >= 0 and above[above[node]] >= 0:
        node = int(above[node])
    return structure.pillars[node]


def _columns(panel: Panel, name: str) -> dict[str, str | None]:
    rows = panel.indicators
    return dict(zip(rows["indicator"].to_pylist(), rows[name].to_pylist(), strict=True))
