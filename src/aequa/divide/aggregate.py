"""Aggregation: many weight sets at once, from indicators up the tree to the index.

Arithmetic and geometric means climb the tree pillar by pillar. Borda and Copeland compare countries
on the indicators directly, each with its weight in the whole (OECD/JRC 2008, step 7; Munda & Nardo
2009, *Applied Economics* 41, 1513–1523). ``values`` are scores of 0 to 100 (countries, indicators),
NaN where missing; weights are (runs, indicators) and (runs, nodes); results run from 0 to 100.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aequa.divide.normalise import rank
from aequa.divide.structure import Tree

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_CHUNK = 128
"""Runs of Copeland at a time: 193 countries take 38 MB."""
_LIFTED = 0.99
"""A geometric mean needs positive values: it is taken of 1 + 0.99 x and turned back."""


def climb(
    values: Floats,
    leaf_weights: Floats,
    node_weights: Floats,
    tree: Tree,
    allowed: Bools | None = None,
) -> Floats:
    """(nodes, runs, countries): weighted means Σ w x / Σ w over the parts that a country has.

    ``allowed`` (nodes, countries) is NaN in the result where it is False.

    >>> from aequa.divide.structure import structure
    >>> tree = structure([{"indicator": name, "pillar": "p"} for name in "ab"]).tree
    >>> ones = np.ones((1, 2))
    >>> climb(np.array([[10.0, 30.0], [40.0, np.nan]]), ones, ones[:, :1], tree)[-1].tolist()
    [[20.0, 40.0]]
    """
    known = ~np.isnan(values)
    filled = np.where(known, values, 0)
    scores = np.full((len(tree.node_parent), len(leaf_weights), len(values)), np.nan)
    for node in range(len(scores)):
        leaves = np.flatnonzero(tree.leaf_parent == node)
        top = leaf_weights[:, leaves] @ filled[:, leaves].T
        weight = leaf_weights[:, leaves] @ known[:, leaves].T.astype(float)
        for child in np.flatnonzero(tree.node_parent == node):
            there = ~np.isnan(scores[child])
            top += node_weights[:, child, None] * np.where(there, scores[child], 0)
            weight += node_weights[:, child, None] * there
        np.divide(top, weight, out=scores[node], where=weight > 0)
        if allowed is not None:
            scores[node][:, ~allowed[node]] = np.nan
    return scores


def aggregate(
    method: str,
    values: Floats,
    leaf_weights: Floats,
    node_weights: Floats,
    tree: Tree,
    allowed: Bools | None = None,
) -> Floats:
    """(nodes, runs, countries) by one method of ``spec.AGGREGATIONS``."""
    if method in _ORDINAL:
        scores = np.stack(
            [
                _ORDINAL[method](values, effective(leaf_weights, node_weights, tree, node))
                for node in range(len(tree.node_parent))
            ]
        )
        return scores if allowed is None else np.where(allowed[:, None], scores, np.nan)
    if method == "arithmetic":
        return climb(values, leaf_weights, node_weights, tree, allowed)
    logs = climb(np.log(1 + _LIFTED * values), leaf_weights, node_weights, tree, allowed)
    return np.clip((np.exp(logs) - 1) / _LIFTED, 0, 100)


def overall(
    method: str,
    values: Floats,
    leaf_weights: Floats,
    node_weights: Floats,
    tree: Tree,
    allowed: Bools,
) -> Floats:
    """(runs, countries): only the index, which spares the ordinal methods all pillars."""
    if method not in _ORDINAL:
        return np.asarray(aggregate(method, values, leaf_weights, node_weights, tree, allowed)[-1])
    top = len(tree.node_parent) - 1
    scores = _ORDINAL[method](values, effective(leaf_weights, node_weights, tree, top))
    return np.where(allowed[-1], scores, np.nan)


def effective(leaf_weights: Floats, node_weights: Floats, tree: Tree, top: int) -> Floats:
    """(runs, indicators): each indicator's weight in node ``top``; each row sums to one.

    A part's weight is its share among the parts of its pillar, times that of the pillar; pillars of
    which all parts weigh nothing have none.

    >>> from aequa.divide.structure import structure
    >>> rows = [{"indicator": a, "pillar": p} for a, p in ("ap", "bp", "cq")]
    >>> tree = structure(rows).tree
    >>> effective(np.ones((1, 3)), np.ones((1, 3)), tree, 2).tolist()
    [[0.25, 0.25, 0.5]]
    """
    below = np.zeros((len(leaf_weights), len(tree.node_parent), leaf_weights.shape[1]))
    for node in range(top + 1):
        leaves = tree.leaf_parent == node
        below[:, node, leaves] = leaf_weights[:, leaves]
        for child in np.flatnonzero(tree.node_parent == node):
            below[:, node] += node_weights[:, child, None] * below[:, child]
        total = below[:, node].sum(axis=1, keepdims=True)
        np.divide(below[:, node], total, out=below[:, node], where=total > 0)
    return below[:, top]


def borda(values: Floats, weights: Floats) -> Floats:
    """(runs, countries): the weighted mean percentage of other countries that one is above.

    Borda (1784); ties count half, indicators that a country lacks are left out of its mean.

    >>> borda(np.array([[1.0, 9.0], [2.0, 5.0], [3.0, 7.0]]), np.ones((1, 2))).tolist()
    [[50.0, 25.0, 75.0]]
    """
    points = rank(values)
    known = ~np.isnan(points)
    weight = weights @ known.T.astype(float)
    return np.asarray(
        (weights @ np.where(known, points, 0).T) / np.where(weight > 0, weight, np.nan)
    )


def copeland(values: Floats, weights: Floats) -> Floats:
    """(runs, countries): 50 (1 + (wins − losses) / rivals) over all pairs of countries.

    Copeland (1951): one country beats another when the indicators on which it is higher weigh more
    than those on which it is lower; only indicators that both have count, and a pair without any is
    no contest.

    >>> copeland(np.array([[1.0, 9.0], [2.0, 5.0], [3.0, 7.0]]), np.ones((1, 2))).tolist()
    [[50.0, 25.0, 75.0]]
    """
    sign = np.nan_to_num(np.sign(values[:, None] - values[None])).reshape(-1, values.shape[1])
    both = ~np.isnan(values[:, None] - values[None]).reshape(-1, values.shape[1])
    count, scores = len(values), np.empty((len(weights), len(values)))
    for start in range(0, len(weights), _CHUNK):
        part = weights[start : start + _CHUNK].T
        margin = sign @ part
        won = np.sign(np.where(np.abs(margin) > 1e-9, margin, 0))
        met = (both @ (part > 0).astype(float) > 0).reshape(count, count, -1).sum(axis=1) - 1
        balance = won.reshape(count, count, -1).sum(axis=1) / np.where(met > 0, met, np.nan)
        scores[start : start + _CHUNK] = 50 * (1 + balance.T)
    return scores


_ORDINAL = {"borda": borda, "copeland": copeland}
