"""Do two networks of the same goals agree? Shared links and rank correlation, by relabelling.

Krackhardt, D. (1988). Predicting with networks: nonparametric multiple regression analysis of
dyadic data. Social Networks 10, 359–381 (QAP; Mantel 1967): the goals of one network are relabelled
at random, which keeps the dependence between links of one goal that a plain test ignores.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from aequa.core.errors import InputError

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Agreement(NamedTuple):
    """How far two networks agree; p is one-sided, for more agreement than chance."""

    pairs: int
    """Pairs known in both networks."""
    first: int
    """Links that hold in the first network, among these pairs."""
    second: int
    both: int
    both_expected: float
    """Mean of ``both`` over relabellings."""
    both_p: float
    jaccard: float
    """Links in both over links in either; NaN where there are none."""
    spearman: float
    """Rank correlation of the weights of all pairs; NaN where one network has a single weight."""
    spearman_p: float


def agreement(
    weights: tuple[Array, Array], held: tuple[Flags, Flags], draws: int, seed: int
) -> Agreement:
    """Agreement of two symmetric networks, (goals, goals) each, NaN where a weight is unknown.

    Raises InputError where the networks are not of the same goals.
    """
    if len({each.shape for each in (*weights, *held)}) != 1:
        shapes = ", ".join(str(each.shape) for each in (*weights, *held))
        raise InputError(f"agreement: found shapes {shapes}, expected one shape")
    upper = np.triu_indices(len(weights[0]), 1)
    known = np.isfinite(weights[0]) & np.isfinite(weights[1])
    rank_first, rank_second = _ranks(weights[0], known), _ranks(weights[1], known)
    first, second = held[0] & known, held[1] & known
    orders = _relabellings(len(known), draws, seed)
    rows, columns = orders[:, upper[0]], orders[:, upper[1]]
    pairs, links = int(known[upper].sum()), int((first & second)[upper].sum())
    by_chance = (first[upper] & second[rows, columns]).sum(1)
    alike = _correlated(rank_first[upper], rank_second[upper][None])[0]
    alike_chance = _correlated(rank_first[upper], rank_second[rows, columns])
    either = int((first | second)[upper].sum())
    return Agreement(
        pairs,
        int(first[upper].sum()),
        int(second[upper].sum()),
        links,
        float(by_chance.mean()),
        float((1 + (by_chance >= links).sum()) / (1 + draws)),
        links / either if either else float("nan"),
        float(alike),
        float((1 + (alike_chance >= alike).sum()) / (1 + draws)) if alike == alike else alike,
    )


def _ranks(weights: Array, known: Flags) -> Array:
    """Ranks over the known pairs, NaN elsewhere; ties share their mean."""
    out = np.full(weights.shape, np.nan)
    upper = np.triu(known, 1)
    out[upper] = stats.rankdata(weights[upper])
    return np.where(np.isnan(out), out.T, out)


def _relabellings(goals: int, draws: int, seed: int) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    return rng.permuted(np.tile(np.arange(goals), (draws, 1)), axis=1)


def _correlated(first: Array, others: Array) -> Array:
    """Pearson correlation of ``first`` (pairs,) with each of ``others`` (draws, pairs)."""
    known = np.isfinite(first) & np.isfinite(others)
    count = np.maximum(known.sum(1, keepdims=True), 1)
    a, b = np.where(known, first, 0.0), np.where(known, others, 0.0)
    a = np.where(known, a - a.sum(1, keepdims=True) / count, 0.0)
    b = np.where(known, b - b.sum(1, keepdims=True) / count, 0.0)
    scale = np.sqrt((a**2).sum(1) * (b**2).sum(1))
    return np.where(scale > 0, (a * b).sum(1) / np.where(scale > 0, scale, 1.0), np.nan)
