"""Normalisation: every indicator on one scale of 0 (worst) to 100 (best), NaN where missing.

OECD/JRC (2008), step 5, gives the methods; each rises with what is better.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from aequa.core.errors import SpecError

Floats = npt.NDArray[np.float64]


def oriented(values: Floats, directions: npt.ArrayLike) -> Floats:
    """The values (countries, indicators), those of direction −1 with the sign turned."""
    return np.asarray(values * np.asarray(directions, float))


def minmax(values: Floats) -> Floats:
    """100 (x − min) / (max − min) of each column; a constant column is NaN.

    >>> minmax(np.array([[1.0], [3.0], [np.nan], [2.0]])).ravel().tolist()
    [0.0, 100.0, nan, 50.0]
    """
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    return np.asarray(100 * (values - low) / np.where(high > low, high - low, np.nan))


def zscore(values: Floats) -> Floats:
    """50 + 10 (x − mean) / standard deviation, held to 0 … 100 (five deviations either side).

    >>> zscore(np.array([[1.0], [2.0], [3.0]])).ravel().tolist()
    [40.0, 50.0, 60.0]
    """
    centred = values - np.nanmean(values, axis=0)
    spread = np.sqrt(np.nansum(centred**2, axis=0) / np.maximum(_known(values) - 1, 1))
    return np.asarray(np.clip(50 + 10 * centred / np.where(spread > 0, spread, np.nan), 0, 100))


def rank(values: Floats) -> Floats:
    """The percentage of the other countries that a country is above, ties counting half.

    >>> rank(np.array([[5.0], [9.0], [np.nan], [5.0]])).ravel().tolist()
    [25.0, 100.0, nan, 25.0]
    """
    placed = stats.rankdata(values, axis=0, nan_policy="omit") - 1
    others = _known(values) - 1
    return np.asarray(100 * placed / np.where(others > 0, others, np.nan))


def goalposts(values: Floats, lower: Floats, upper: Floats) -> Floats:
    """100 (x − lower) / (upper − lower), held to 0 … 100; ``values`` are not turned beforehand.

    ``lower`` and ``upper`` (indicators,) score 0 and 100: for an indicator of which less is better
    ``lower`` is the larger. Raises ``SpecError`` where a bound is missing or both are equal.

    >>> goalposts(np.array([[2.0], [9.0]]), np.array([10.0]), np.array([0.0])).ravel().tolist()
    [80.0, 10.0]
    """
    wrong = ~np.isfinite(lower) | ~np.isfinite(upper) | (lower == upper)
    if wrong.any():
        found = np.flatnonzero(wrong).tolist()
        raise SpecError(f"goalposts: indicators {found} lack two different bounds")
    return np.clip(100 * (values - lower) / (upper - lower), 0, 100)


def normalise(
    method: str, values: Floats, directions: npt.ArrayLike, bounds: tuple[Floats, Floats]
) -> Floats:
    """``values`` (countries, indicators) by one method of ``spec.NORMALISATIONS``."""
    if method == "goalposts":
        return goalposts(values, *bounds)
    return {"minmax": minmax, "zscore": zscore, "rank": rank}[method](oriented(values, directions))


def _known(values: Floats) -> npt.NDArray[np.int64]:
    return np.asarray((~np.isnan(values)).sum(axis=0))
