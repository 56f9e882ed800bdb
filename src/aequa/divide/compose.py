"""From screened values to scores, by one choice of each step or by all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aequa.divide.aggregate import aggregate
from aequa.divide.missing import group_means
from aequa.divide.normalise import normalise
from aequa.divide.robust import Setup
from aequa.divide.screen import Screened
from aequa.divide.spec import Spec
from aequa.divide.structure import Structure
from aequa.divide.treat import Treatment, treat
from aequa.divide.weights import benefit_of_the_doubt, principal

Floats = npt.NDArray[np.float64]


def base(seen: Screened, missing: str, method: str, spec: Spec) -> tuple[Floats, list[Treatment]]:
    """(countries, indicators) of 0 to 100, and what was done to each indicator's outliers.

    Goalposts hold outliers by themselves: nothing is treated before them.
    """
    values = group_means(seen.values, seen.groups)[0] if missing == "group" else seen.values
    if method == "goalposts":
        return normalise(method, values, seen.directions, seen.bounds), []
    treated, done = treat(values, spec)
    return normalise(method, treated, seen.directions, seen.bounds), done


def weigh(method: str, structure: Structure, normalised: Floats) -> tuple[Floats, Floats]:
    """Weights of the indicators (indicators,) and the nodes (nodes,), each within its pillar.

    ``equal``: one each. ``expert``: as the structure has it. ``pca``: principal components within
    each pillar, nodes as the structure has it. ``bod``: as ``expert``, the countries' own weights
    of the index's parts come later.
    """
    leaf, node = structure.leaf_weights.copy(), structure.node_weights
    if method == "equal":
        return np.ones_like(leaf), np.ones_like(node)
    if method == "pca":
        for pillar in np.unique(structure.tree.leaf_parent):
            own = structure.tree.leaf_parent == pillar
            leaf[own] = principal(normalised[:, own]) * own.sum()
    return leaf, node


def compose(seen: Screened, normalised: Floats, spec: Spec) -> tuple[Setup, Floats, Floats | None]:
    """What runs need, the scores (nodes, countries), and each country's own weights if it has any.

    These (countries, parts of the index: its nodes, then its own indicators) come with ``bod``.
    """
    leaf, node = weigh(spec.weights, seen.structure, normalised)
    tree, own = seen.structure.tree, None
    method = spec.aggregate
    scores = aggregate(method, normalised, leaf[None], node[None], tree, seen.allowed)[:, 0]
    if spec.weights == "bod":
        parts = own_parts(seen.structure, scores, normalised)
        best, own = benefit_of_the_doubt(parts, spec.bod_low, spec.bod_high)
        scores[-1] = np.where(seen.allowed[-1], 100 * best, np.nan)
    bases = np.stack(
        [
            np.stack([base(seen, missing, method, spec)[0] for missing in spec.missings])
            for method in spec.normalisations
        ]
    )
    return Setup(tree, leaf, node, seen.allowed, bases, scores[-1]), scores, own


def own_parts(structure: Structure, scores: Floats, normalised: Floats) -> Floats:
    """(countries, parts): the scores of what the index is directly made of."""
    top = len(structure.pillars) - 1
    nodes = scores[structure.tree.node_parent == top]
    leaves = normalised[:, structure.tree.leaf_parent == top]
    return np.column_stack([nodes.T, leaves])
