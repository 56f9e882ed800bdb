"""Which goals stand in the middle of the network, with intervals over samples of countries."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aequa.interlink.ranking import Ranks, pairwise_critical, rank_intervals

Array = NDArray[np.float64]


class Centrality(NamedTuple):
    """One measure over all goals."""

    measure: str
    value: Array
    low: Array
    high: Array
    rank_low: Ranks
    rank_high: Ranks


def strength(weights: Array) -> Array:
    """Sum of a node's signed weights, (…, V, V) by row.

    >>> strength(np.array([[0.0, 0.5], [0.5, 0.0]])).tolist()
    [0.5, 0.5]
    """
    return np.asarray(weights.sum(-1))


def eigenvector(weights: Array) -> Array:
    """Bonacich's centrality: the leading eigenvector of the absolute weights, its largest entry 1.

    Bonacich, P. (1987). American Journal of Sociology 92, 1170–1182. Signs are left aside, since
    with them a node may be central for being avoided. Symmetric (…, V, V); NaN without any link.

    >>> eigenvector(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0.0]])).round(3).tolist()
    [0.707, 1.0, 0.707]
    """
    size = np.abs(weights)
    vector = np.abs(np.linalg.eigh(size)[1][..., -1])
    vector = vector / vector.max(-1, keepdims=True)
    return np.where((size.max((-2, -1), keepdims=True)[..., 0] > 0), vector, np.nan)


def measured(measure: str, value: Array, draws: Array, level: float) -> Centrality:
    """A measure (V,) with percentile intervals and ranks from its bootstrap ``draws`` (B, V).

    Differences are judged by the bootstrap's standard error, Bonferroni over all pairs. An
    interval always holds the value, which for a bounded measure may lie outside its draws.
    """
    if not np.isfinite(value).any():
        none = np.zeros(len(value), np.int64)
        return Centrality(measure, value, value, value, none, none)
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    low, high = np.minimum(low, value), np.maximum(high, value)
    apart = (draws[:, :, None] - draws[:, None]).std(0)
    ranks = rank_intervals(value, apart, float(pairwise_critical(len(value), level, 1e9)))
    return Centrality(measure, value, low, high, *ranks)


def undirected(
    weights: Array, draws: Array, held: NDArray[np.bool_], level: float
) -> list[Centrality]:
    """Of a symmetric network: signed strength over all links, and what rests on those that hold.

    Sums of absolute values over links that may be nothing grow with noise, in each sample more
    than in the data; so they, and the eigenvector, are of the links that hold.
    """
    kept, kept_draws = np.where(held, weights, 0.0), np.where(held, draws, 0.0)
    return [
        measured("strength", strength(weights), strength(draws), level),
        measured("held_strength", strength(np.abs(kept)), strength(np.abs(kept_draws)), level),
        measured("eigenvector", eigenvector(kept), eigenvector(kept_draws), level),
    ]


def directed(weights: Array, draws: Array, level: float) -> list[Centrality]:
    """Of a directed network (sources, targets): what a goal gives and what it takes, signed."""
    return [
        measured("out_strength", strength(weights), strength(draws), level),
        measured("in_strength", strength(weights.T), strength(draws.swapaxes(-1, -2)), level),
    ]


def score_draws(slope: Array, by_country: Array, draws: int, seed: int) -> Array:
    """Slopes (draws, …) in samples of countries, from each country's share of the error.

    The score bootstrap (Kline & Santos 2012, Journal of Econometric Methods 1, 23–41): to first
    order a sample that holds country i w_i times shifts the slope by Σ (w_i − 1) · share_i.
    ``by_country`` is (…, countries).
    """
    rng = np.random.default_rng(seed)
    n = by_country.shape[-1]
    weights = rng.multinomial(n, np.full(n, 1 / n), draws) - 1.0
    shift = weights @ by_country.reshape(-1, n).T
    return np.asarray(slope + shift.reshape(draws, *by_country.shape[:-1]))
