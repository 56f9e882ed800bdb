"""The gap index with a reader's weights: what the sliders of the dashboard move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from aequa.divide import index_tables as tables
from aequa.divide.aggregate import aggregate as aggregated
from aequa.divide.index import Indexed, index
from aequa.divide.ranks import ranks
from aequa.divide.robust import uncertainty
from aequa.divide.spec import Spec
from aequa.divide.structure import default_structure
from aequa.panels import load

RUNS = 200
"""Monte-Carlo runs for the intervals: enough to see them move, a fifth of what ``divide`` makes."""
AGGREGATIONS = ("arithmetic", "geometric")


@cache
def _prepared() -> Indexed:
    """The index as it is without a reader, of the bundled panel; made once, in about a second."""
    return index(load([]).panel, default_structure(), Spec(runs=RUNS))


def parts() -> tuple[str, ...]:
    """What can be weighed: the pillars of the index, in its own order."""
    return _prepared().structure.pillars[:-1]


def reweigh(weights: Mapping[str, float], aggregate: str = "arithmetic") -> list[dict[str, Any]]:
    """The index with weights for its pillars: a row a country, best first, as ``index.csv`` has it.

    A pillar that is not named weighs 1; one whose parts all weigh nothing is left out. Indicators
    weigh alike within their pillar. The intervals are of ``RUNS`` runs around these weights.
    """
    made, spec = _prepared(), replace(_prepared().spec, aggregate=aggregate)
    names = made.structure.pillars
    node = np.array([float(weights.get(name, 1.0)) for name in names])
    leaf, tree = np.ones(len(made.setup.leaf_weights)), made.setup.tree
    scores = aggregated(
        aggregate, made.normalised, leaf[None], node[None], tree, made.setup.allowed
    )[:, 0]
    setup = replace(made.setup, leaf_weights=leaf, node_weights=node, scores=scores[-1])
    drawn = uncertainty(setup, spec)
    table = tables.index(made.screened, scores[-1], ranks(scores[-1]), drawn)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
