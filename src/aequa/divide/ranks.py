"""Ranks, and their intervals over many runs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]


class Spread(NamedTuple):
    """Median and interval over runs, (countries,) each; NaN for a country without any score."""

    median: Floats
    low: Floats
    high: Floats


def ranks(scores: Floats) -> Floats:
    """1 for the highest of the last axis; ties share the better rank; NaN stays NaN.

    >>> ranks(np.array([[70.0, 90.0, np.nan, 70.0]])).tolist()
    [[2.0, 1.0, nan, 2.0]]
    """
    lowest = stats.rankdata(np.where(np.isnan(scores), np.inf, -scores), axis=-1, method="min")
    return np.where(np.isnan(scores), np.nan, lowest)


def spread(draws: Floats, level: float, whole: bool = False) -> Spread:
    """Median and the ``level`` interval of each column of ``draws`` (runs, countries).

    With ``whole`` the bounds are draws themselves, the outer ones, as ranks must be.

    >>> spread(np.array([[1.0], [2.0], [3.0], [9.0]]), 0.5, whole=True)
    Spread(median=array([2.5]), low=array([1.]), high=array([9.]))
    """
    tail = (1 - level) / 2
    ordered = np.sort(draws, axis=0)  # NaN last
    count = (~np.isnan(draws)).sum(axis=0)
    low = _quantile(ordered, count, tail, -1 if whole else 0)
    high = _quantile(ordered, count, 1 - tail, 1 if whole else 0)
    return Spread(_quantile(ordered, count, 0.5, 0), low, high)


def _quantile(ordered: Floats, count: npt.NDArray[np.int64], share: float, outward: int) -> Floats:
    """A quantile of sorted columns by linear interpolation (type 7), or its neighbour outward."""
    at = share * (np.maximum(count, 1) - 1)
    under, over = np.floor(at + 1e-9).astype(int), np.ceil(at - 1e-9).astype(int)
    column = np.arange(ordered.shape[1])
    low, high = ordered[under, column], ordered[over, column]
    if outward:
        return np.asarray(low if outward < 0 else high)
    return np.asarray(low + (at - under) * (high - low))
