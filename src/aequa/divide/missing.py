"""Missing data: limits on how much a country may lack, and group means where asked for.

OECD/JRC (2008), step 3. A mean over what is there is itself an imputation, by the mean of the
country's other indicators; the limits hold it in bounds. Nothing is filled in silence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aequa.divide.structure import Tree

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def shares(present: Bools, tree: Tree, pillar_share: float, index_share: float) -> Floats:
    """(nodes, countries): the share of each node's parts that a country has.

    ``present`` (countries, indicators). An indicator counts where observed, a pillar where the
    country has at least ``pillar_share`` of its indicators (``index_share`` where its parts are
    pillars).

    >>> from aequa.divide.structure import structure
    >>> tree = structure([{"indicator": name, "pillar": "p"} for name in "ab"]).tree
    >>> shares(np.array([[True, False], [True, True]]), tree, 0.5, 0.5).tolist()
    [[0.5, 1.0]]
    """
    found = np.zeros((len(tree.node_parent), len(present)))
    for node in range(len(found)):
        leaves = tree.leaf_parent == node
        below = tree.node_parent == node
        limit = _limits(tree, pillar_share, index_share)[below, None]
        passed = (found[below] > 0) & (found[below] >= limit - 1e-9)
        had = present[:, leaves].sum(axis=1) + passed.sum(axis=0)
        found[node] = had / max(int(leaves.sum() + below.sum()), 1)
    return found


def enough(present: Bools, tree: Tree, pillar_share: float, index_share: float) -> Bools:
    """(nodes, countries): where a country has enough of a node's parts, and at least one."""
    found = shares(present, tree, pillar_share, index_share)
    return np.asarray(
        (found > 0) & (found >= _limits(tree, pillar_share, index_share)[:, None] - 1e-9)
    )


def _limits(tree: Tree, pillar_share: float, index_share: float) -> Floats:
    lowest = np.isin(np.arange(len(tree.node_parent)), tree.leaf_parent)
    return np.where(lowest, pillar_share, index_share)


def group_means(values: Floats, groups: Sequence[str]) -> tuple[Floats, Bools]:
    """Fill NaN with the mean of the country's group, and say where; a group without any stays NaN.

    ``values`` (countries, indicators), ``groups`` one name per country.

    >>> filled, where = group_means(np.array([[1.0], [3.0], [np.nan]]), ["low"] * 3)
    >>> filled.ravel().tolist(), where.ravel().tolist()
    ([1.0, 3.0, 2.0], [False, False, True])
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    of = np.eye(len(names))[member]
    known = ~np.isnan(values)
    count = of.T @ known
    mean = (of.T @ np.where(known, values, 0)) / np.where(count > 0, count, np.nan)
    filled = np.where(known, values, mean[member])
    return filled, ~known & ~np.isnan(filled)
