"""The cascade: a goal's total response over all others, and ranks only where they can be told."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from aequa.interlink.projections import Responses
from aequa.interlink.ranking import Ranks, pairwise_critical, rank_intervals
from aequa.interlink.within import bandwidth, driscoll_kraay

Array = NDArray[np.float64]


class Cascade(NamedTuple):
    """Totals (horizons, goals), with simultaneous intervals over the goals of one horizon."""

    total: Array
    low: Array
    high: Array
    rank_low: Ranks
    rank_high: Ranks
    missing: NDArray[np.int64]
    """Other goals whose response could not be had; the total is over the rest."""


def cascade(fit: Responses, level: float) -> Cascade:
    """For each goal the sum of the others' responses at each horizon of ``fit`` but ``lead``.

    The error of a sum, and of the difference between two sums, comes from the same shares by year
    and by country as those of single responses, so dependence between responses is in it; the
    wider of the two errors counts. Intervals are Bonferroni over goals, ranks over pairs of goals.
    """
    goals = fit.slope.shape[1]
    slope = fit.slope[:-1]
    counted = np.isfinite(slope) & ~np.eye(goals, dtype=bool)
    total = np.where(counted, slope, 0).sum(-1)
    total[~counted.any(-1)] = np.nan
    by_year = np.where(counted[..., None], fit.by_year[:-1], 0).sum(2)
    by_country = np.where(counted[..., None], fit.by_country[:-1], 0).sum(2)
    years = np.where(counted, fit.years[:-1], 0).max((1, 2))
    widths = [bandwidth(int(each), place) for place, each in enumerate(years)]
    error = np.stack([_error(*each) for each in zip(by_year, by_country, widths, strict=True)])
    apart = np.stack(
        [
            _error(y[:, None] - y[None], c[:, None] - c[None], width)
            for y, c, width in zip(by_year, by_country, widths, strict=True)
        ]
    )
    freedom = np.maximum(years - 1, 1)
    half = stats.t.ppf(1 - (1 - level) / (2 * goals), freedom)[:, None] * error
    ranks = rank_intervals(total, apart, pairwise_critical(goals, level, freedom))
    return Cascade(total, total - half, total + half, *ranks, goals - 1 - counted.sum(-1))


def _error(by_year: Array, by_country: Array, width: int) -> Array:
    """The wider of Driscoll & Kraay's and the clustered standard error."""
    clustered = (by_country**2).sum(-1)
    return np.asarray(np.sqrt(np.maximum(driscoll_kraay(by_year, width), clustered)))


def verdict(rank_low: int, rank_high: int, goals: int, missing: int) -> tuple[bool, str]:
    """Whether a goal is ranked, and why not.

    >>> verdict(1, 3, 17, 0)
    (False, 'not told apart from 2 of 16 other goals')
    >>> verdict(0, 0, 17, 16)
    (False, 'too few countries or years')
    """
    if rank_low == 0:
        return False, "too few countries or years"
    without = f"; without {missing} goals that could not be had" if missing else ""
    if rank_low == rank_high:
        return True, without.removeprefix("; ")
    return False, f"not told apart from {rank_high - rank_low} of {goals - 1} other goals{without}"
