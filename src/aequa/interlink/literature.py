"""The goal network that the literature draws: goals that share works, against chance.

Chance is the set of all tables works × goals with the same number of goals per work and of works
per goal. A goal set is a bit mask: bit g − 1 is goal g.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import special, stats

from aequa.core.errors import InputError

Array = NDArray[np.float64]
Masks = NDArray[np.int64]
GOALS = 17


class Shared(NamedTuple):
    """Pairs of goals, (goals, goals) each; the diagonal is the number of works per goal."""

    observed: Array
    expected: Array
    spread: Array
    """Standard deviation of the count under chance."""
    low: Array
    """Lower bound of observed / expected"""
    high: Array
    p: Array
    """Two-sided"""


def goal_sets(sets: pa.Array | pa.ChunkedArray) -> Masks:
    """Bit masks of a column of goal lists; null and empty lists are 0, repeats count once.

    Raises InputError where a goal is not 1 … 17.

    >>> goal_sets(pa.array([[1, 3], [], None, [2, 2]])).tolist()
    [5, 0, 0, 2]
    """
    whole = sets.combine_chunks() if isinstance(sets, pa.ChunkedArray) else sets
    goals = pc.list_flatten(whole)
    if goals.null_count:
        raise InputError(f"goals: found {goals.null_count} nulls among goals, expected 1 … {GOALS}")
    values = np.asarray(goals.to_numpy(zero_copy_only=False), np.int64)
    wrong = values[(values < 1) | (values > GOALS)]
    if len(wrong):
        raise InputError(f"goals: found {wrong[0]}, expected 1 … {GOALS}")
    rows = pc.list_parent_indices(whole).to_numpy()
    out = np.zeros(len(whole), np.int64)
    np.bitwise_or.at(out, rows, np.left_shift(1, values - 1))
    return out


def shared(masks: Masks, level: float = 0.95, works: Masks | None = None) -> Shared:
    """How often two goals share a work, against chance, of any number of works.

    ``works`` says how many works each mask stands for; without it, one each.

    Works with no or one goal tell nothing of pairs but belong to the margins, so they stay in.
    Expectation and spread come from the maximum-entropy form of the null: each work keeps its
    number of goals exactly and draws them with odds y_g that keep each goal's number of works in
    the mean (Saracco et al. 2015, Scientific Reports 5, 10595, with exact rows); then the counts
    are conditioned on the goals' numbers by the normal formula, which for many works is the null
    with both margins fixed (Barvinok 2010). ``curveball`` draws from that null itself, and tests
    hold the two against each other. p is from the binomial with the null's mean and spread; bounds
    are for sampling of works, by the delta method on log(observed / expected).
    """
    patterns, place = np.unique(masks, return_inverse=True)
    counts = np.bincount(place, works, len(patterns)).astype(float)
    bits = _bits(patterns)
    sizes = bits.sum(1).astype(np.int64)
    observed = bits.T @ (bits * counts[:, None])
    active = np.flatnonzero(np.diag(observed) > 0)
    degrees = np.bincount(sizes, counts, len(active) + 1).astype(float)
    null = _null(degrees, np.diag(observed)[active])
    pairs = np.ix_(active, active)
    expected, spread = np.zeros((GOALS, GOALS)), np.zeros((GOALS, GOALS))
    expected[pairs], spread[pairs] = null.mean, null.spread
    np.fill_diagonal(expected, np.diag(observed))
    np.fill_diagonal(spread, 0.0)
    error = np.full((GOALS, GOALS), np.nan)
    error[pairs] = _log_error(null, bits[:, active], counts, observed[pairs])
    low, high = _bounds(observed, expected, error, level)
    return Shared(observed, expected, spread, low, high, _tails(observed, expected, spread))


def _bits(masks: Masks) -> Array:
    return (masks[:, None] >> np.arange(GOALS) & 1).astype(float)


class _Null(NamedTuple):
    """The null over the goals that occur: pair probabilities by number of goals, and moments."""

    single: Array
    """(numbers of goals, goals): chance that a work with so many goals has the goal"""
    double: Array
    """(numbers of goals, goals, goals)"""
    pull: Array
    """(goals, goals, goals): how the expected count moves with the goals' numbers of works"""
    mean: Array
    spread: Array


def _null(degrees: Array, totals: Array) -> _Null:
    """Moments of the counts when works keep their number of goals, given the goals' ``totals``."""
    goals = len(totals)
    every = (np.arange(2**goals)[:, None] >> np.arange(goals) & 1).astype(float)
    size = every.sum(1).astype(np.int64)
    sets = [every[size == k] for k in range(goals + 1)]
    single, chances = _fitted(sets, degrees, totals)
    double = np.stack([s.T @ (s * c[:, None]) for s, c in zip(sets, chances, strict=True)])
    cover = np.zeros((goals * goals, goals))
    for k in np.flatnonzero(degrees):
        both = (sets[k][:, :, None] * sets[k][:, None]).reshape(len(sets[k]), -1)
        triple = (both * chances[k][:, None]).T @ sets[k]
        cover += degrees[k] * (triple - double[k].reshape(-1, 1) * single[k])
    inner = np.einsum("k,kgh->gh", degrees, double - single[:, :, None] * single[:, None])
    pull = cover @ np.linalg.pinv(inner, hermitian=True, rcond=1e-9)
    raw = np.einsum("k,kgh->gh", degrees, double * (1 - double))
    left = raw.ravel() - (pull * cover).sum(1)
    spread = np.sqrt(np.maximum(left, 0)).reshape(goals, goals)
    mean = np.einsum("k,kgh->gh", degrees, double)
    return _Null(single, double, pull.reshape(goals, goals, goals), mean, spread)


def _fitted(
    sets: list[Array], degrees: Array, totals: Array, rounds: int = 500
) -> tuple[Array, list[Array]]:
    """Odds of the goals, by iterative scaling, as chances of goals and of sets by size."""
    odds = np.log(np.maximum(totals, 1e-12))
    for _ in range(rounds):
        chances = [special.softmax(each @ odds) for each in sets]
        single = np.stack([c @ s for s, c in zip(sets, chances, strict=True)])
        got = degrees @ single
        step = np.log(totals / np.maximum(got, 1e-300))
        if np.abs(step).max(initial=0) < 1e-9:
            break
        odds = odds + step
    return single, chances


def _log_error(null: _Null, bits: Array, counts: Array, observed: Array) -> Array:
    """Standard error of log(observed / expected), from each work's influence on both."""
    sizes = bits.sum(1).astype(np.int64)
    surprise = bits - null.single[sizes]
    moved = null.double[sizes] + np.einsum("pl,ghl->pgh", surprise, null.pull)
    both = bits[:, :, None] * bits[:, None]
    seen, chance = np.where(observed > 0, observed, np.nan), np.where(null.mean > 0, null.mean, 1)
    return np.asarray(np.sqrt(np.einsum("p,pgh->gh", counts, (both / seen - moved / chance) ** 2)))


def _bounds(observed: Array, expected: Array, error: Array, level: float) -> tuple[Array, Array]:
    """Bounds of the ratio; where nothing was seen, 0 and the Poisson bound −ln(1 − level)."""
    scale = np.where(expected > 0, expected, np.nan)
    ratio, wide = observed / scale, np.exp(stats.norm.ppf((1 + level) / 2) * error)
    none = observed == 0
    low = np.where(none, 0 * scale, ratio / wide)
    return low, np.where(none, -np.log(1 - level) / scale, ratio * wide)


def _tails(observed: Array, expected: Array, spread: Array) -> Array:
    """Two-sided p by the binomial of real size whose mean and variance are the null's."""
    sound = (expected > 0) & (spread > 0)
    mean = np.where(sound, expected, 1.0)
    chance = np.clip(1 - np.where(sound, spread, 0.5) ** 2 / mean, 1e-9, 1 - 1e-9)
    size = np.maximum(mean / chance, observed + 1e-6)
    above = special.betainc(np.maximum(observed, 1e-9), size - observed + 1, chance)
    below = special.betainc(size - observed, observed + 1, 1 - chance)
    above = np.where(observed > 0, above, 1.0)
    return np.where(sound, np.minimum(1, 2 * np.minimum(above, below)), np.nan)
