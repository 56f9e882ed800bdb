"""A panel to scores by the method of the Sustainable Development Report.

Sources: Lafortune, Fuller, Moreno, Schmidt-Traub & Kroll 2018, SDG Index and Dashboards: detailed
methodological paper; Sachs et al. 2021, Sustainable Development Report 2021, part 4; OECD/JRC
2008, Handbook on constructing composite indicators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from aequa.core.groups import groups
from aequa.core.panel import Panel, cube
from aequa.scores import aggregate
from aequa.scores.bounds import bounds_of
from aequa.scores.exclusions import exclusions, in_order
from aequa.scores.normalise import normalise
from aequa.scores.spec import Spec
from aequa.scores.tables import goal_natures, goal_rows, index_table, panel_of, scored_rows


@dataclass(frozen=True)
class Scores:
    """Scores of 0 to 100 at three levels, and what they rest on."""

    normalised: Panel
    """One cell for each observation that can be scored; its nature is the observation's."""
    goals: Panel
    """Indicators ``goal:1`` … ``goal:17``; the nature ``carried`` where all parts are."""
    index: pa.Table
    """Of the schema ``INDEX``."""
    bounds: pa.Table
    """Of the schema ``BOUNDS``."""
    exclusions: pa.Table
    """Of the schema ``EXCLUSIONS``."""
    carried: int
    """Cells of indicators that earlier values stand in for."""
    filled: int
    """Cells of indicators that the mean of a group stands in for (``Spec.filled_goals``)."""


def score(
    panel: Panel, spec: Spec | None = None, regions: Mapping[str, str] | None = None
) -> Scores:
    """Normalised values, goals and index of a panel.

    ``regions`` names the group of each country where it is not ``spec.grouping``; a country in
    none gets no stand-ins. Nothing is raised for want of data: see ``Scores.exclusions``.
    """
    spec = spec or Spec()
    box = cube(panel)
    rows = in_order(panel.indicators, box.indicators)
    bounds = bounds_of(box, rows)
    usable = bounds.usable
    scores = normalise(box.values[:, usable], bounds.lower[usable], bounds.optimum[usable])
    rows, names = rows.filter(pa.array(usable)), tuple(np.array(box.indicators)[usable].tolist())
    goals = np.asarray(rows["goal"].fill_null(0).to_numpy(), np.int64)

    latest, by = aggregate.carried(scores, spec.carry)
    natures = np.where(by, 5, box.natures[:, usable]).astype(np.uint8)
    counts = aggregate.covered(latest, goals, spec.least_coverage)
    group = aggregate.places(box.countries, regions or groups(spec.grouping))
    stand_in = aggregate.group_means(latest, group, counts)
    of_goals, present, filled = aggregate.goal_scores(
        latest, goals, stand_in, spec.filled_goals, spec.least_share
    )
    index, lent = aggregate.index(of_goals, group, counts)

    goal_names = tuple(f"goal:{goal}" for goal in present)
    kinds = goal_natures(natures, ~np.isnan(latest), goals, present)
    at = box.countries, goal_names, box.years
    return Scores(
        panel_of(
            scores, box.natures[:, usable], (box.countries, names, box.years), scored_rows(rows)
        ),
        panel_of(of_goals, kinds, at, goal_rows(present, rows)),
        index_table(index, len(present), lent, box.countries, box.years),
        bounds.table(box.indicators),
        exclusions(box, bounds, goals, counts, index, spec),
        int(by.sum()),
        filled,
    )
