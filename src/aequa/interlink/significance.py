"""How sure a correlation is, when the years of one country are not independent."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from aequa.interlink.conservative import Floats, Sums

PAIRS = 512
"""Pairs at a time in the bootstrap: bootstraps × pairs doubles stay in the cache."""


class Outcome(NamedTuple):
    """Of each pair; NaN where it has no correlation."""

    estimate: Floats
    low: Floats
    """2.5th percentile of the resampled correlations"""
    high: Floats
    p: Floats
    """Two-sided"""
    q: Floats
    observations: npt.NDArray[np.int64]
    countries: npt.NDArray[np.int64]


def weights(countries: int, bootstraps: int, rng: np.random.Generator) -> Floats:
    """(bootstraps, countries): how often each country is drawn in each resample."""
    return rng.multinomial(countries, np.full(countries, 1 / countries), bootstraps).astype(float)


def outcome(pairs: Sums, drawn: Floats, intervals: bool = True) -> Outcome:
    """Correlations Σxy / √(Σxx Σyy), with country-cluster bootstrap errors and BH's q.

    Without ``intervals``, which the placebo does not need, ``low`` and ``high`` are NaN.
    ``drawn`` is from ``weights``. A resample of countries needs only each country's sums. p is from
    the t distribution of estimate / error. The error is the standard deviation of the resampled
    ones times √(G/(G − 1)) for G countries (Cameron, Gelbach & Miller 2008). Its own noise, of few
    countries and of B resamples, is in the degrees of freedom: 1/(1/(G − 1) + 1/(B − 1)), Welch's
    sum for two independent parts; without them a twentieth of false links becomes a seventeenth.
    """
    ones = np.ones((1, len(pairs.product)))
    estimate = _correlation(pairs, ones)[0]
    low, high, error = (np.full(len(estimate), np.nan) for _ in range(3))
    for first in range(0, len(estimate), PAIRS):
        part = slice(first, first + PAIRS)
        drawn_part = _correlation(Sums(*(table[:, part] for table in pairs)), drawn)
        error[part] = np.std(drawn_part, axis=0, ddof=1)
        if not intervals:
            continue
        drawn_part.sort(axis=0)
        low[part], high[part] = _percentile(drawn_part, 0.025), _percentile(drawn_part, 0.975)
    countries = (pairs.number > 0).sum(0)
    score = np.divide(np.abs(estimate), error, out=np.full(len(error), np.nan), where=error > 0)
    more = np.maximum(countries - 1, 1)
    freedom = 1 / (1 / more + 1 / max(len(drawn) - 1, 1))
    p = 2 * student.sf(score * np.sqrt(more / np.maximum(countries, 1)), freedom)
    observations = pairs.number.sum(0).astype(np.int64)
    return Outcome(estimate, low, high, p, benjamini_hochberg(p), observations, countries)


def _correlation(pairs: Sums, drawn: Floats) -> Floats:
    """(bootstraps, pairs); a resample without any country of the pair counts as 0."""
    scale = np.sqrt((drawn @ pairs.first) * (drawn @ pairs.second))
    empty = np.full(scale.shape, np.nan if len(drawn) == 1 else 0.0)
    return np.asarray(np.divide(drawn @ pairs.product, scale, out=empty, where=scale > 0))


def _percentile(ordered: Floats, part: float) -> Floats:
    """Linear between the order statistics, as numpy's, along the first axis."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return np.asarray(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def benjamini_hochberg(p: Floats) -> Floats:
    """The q of each p: the least false discovery rate at which it is found; NaN stays NaN.

    q_(k) = min over l ≥ k of p_(l) n / l. Benjamini & Hochberg (1995), JRSS B 57, 289–300.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, np.nan])).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    order = np.argsort(p)[: int(np.isfinite(p).sum())]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    q = np.full(len(p), np.nan)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
