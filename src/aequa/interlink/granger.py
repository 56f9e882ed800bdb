"""Does one series help to foretell another? Panel Granger test, calibrated by permutation.

Dumitrescu, E.-I. & Hurlin, C. (2012). Testing for Granger non-causality in heterogeneous panels.
Economic Modelling 29, 1450–1460. For each country the regression of y on a constant, K lags of y
and K lags of x gives the Wald statistic W of the lags of x; W averaged over countries and
standardised by its small-sample moments is Z̃. Its normal distribution rests on countries that are
independent: common shocks and trends break that, so the distribution is replaced by that of pairs
that cannot be linked, x of one country with y of another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_FLAT = 1e-8
"""A series with less of its variance left than this is constant, or told by the others."""


class Granger(NamedTuple):
    """Statistics of all ordered pairs, (targets, sources) each; NaN where they cannot be had."""

    z: Array
    """Z̃ of Dumitrescu & Hurlin."""
    slope: Array
    """Mean over countries of the summed coefficients of x's lags, in standard deviations."""
    error: Array
    """Standard error of that mean (mean group, Pesaran & Smith 1995)."""
    countries: NDArray[np.int64]
    observations: NDArray[np.int64]


class Sides(NamedTuple):
    """What the regressions take from each series, as target and as source."""

    products: Array
    """(countries, variables · (K + 2)², years): products of 1, K lags and the value of y"""
    target: Array
    """(countries, variables · (K + 2), years)"""
    known: Array
    """(countries, variables, years): 1 where y and its lags are observed"""
    mask: Array
    """(countries, years, variables): 1 where all lags of x are observed"""
    source: Array
    """(countries, years, variables · K)"""
    squares: Array
    """(countries, years, variables · K²)"""


def sides(series: Array, lags: int) -> Sides:
    """Both sides of the regressions of ``series`` (countries, variables, years), NaN as missing.

    Each series is scaled to mean 0 and variance 1 first, which leaves the test as it is.
    """
    scaled = standardised(series)
    n, _, years = scaled.shape
    span = max(years - lags, 0)
    lagged = np.stack([scaled[..., lags - k : years - k] for k in range(1, lags + 1)], 2)
    now = scaled[:, :, None, lags:]
    target = np.concatenate([np.ones_like(now), lagged, now], 2)
    known = np.asarray(np.isfinite(target).all(2))
    target = np.where(known[:, :, None], target, 0.0)
    mask = np.asarray(np.isfinite(lagged).all(2))
    source = np.where(mask[:, :, None], lagged, 0.0)
    products = target[:, :, :, None] * target[:, :, None]
    squares = source[:, :, :, None] * source[:, :, None]
    flat = (n, -1, span)
    return Sides(
        products.reshape(flat),
        target.reshape(flat),
        known.astype(float),
        np.ascontiguousarray(mask.astype(float).transpose(0, 2, 1)),
        np.ascontiguousarray(source.reshape(flat).transpose(0, 2, 1)),
        np.ascontiguousarray(squares.reshape(flat).transpose(0, 2, 1)),
    )


def standardised(series: Array) -> Array:
    """Each series less its mean over its standard deviation; all NaN where it never changes.

    >>> standardised(np.array([1.0, 3.0, np.nan])).tolist()
    [-1.0, 1.0, nan]
    """
    known = np.isfinite(series)
    count = np.maximum(known.sum(-1, keepdims=True), 1)
    held = np.where(known, series, 0.0)
    centred = np.where(known, series - held.sum(-1, keepdims=True) / count, 0.0)
    spread = np.sqrt((centred**2).sum(-1, keepdims=True) / count)
    size = np.abs(held).max(-1, keepdims=True, initial=0)
    moving = known & (spread > 1e-9 * size) & (spread > 0)
    return np.where(moving, centred / np.where(spread > 0, spread, 1.0), np.nan)


def moments(both: Sides, order: NDArray[np.int64], lags: int) -> Array:
    """Cross-products (2K + 2, 2K + 2, countries, targets, sources) of 1, y's lags, x's lags and y.

    Sources are taken of the countries ``order``; only years where both sides are observed count.
    """
    n, v, _ = both.known.shape
    own, ahead = lags + 1, lags + 2
    yy = both.products @ both.mask[order]
    yx = both.target @ both.source[order]
    xx = both.known @ both.squares[order]
    yy = yy.reshape(n, v, ahead, ahead, v).transpose(2, 3, 0, 1, 4)
    yx = yx.reshape(n, v, ahead, v, lags).transpose(2, 4, 0, 1, 3)
    whole = np.empty((2 * lags + 2, 2 * lags + 2, n, v, v))
    y = [*range(own), 2 * lags + 1]
    for place, row in enumerate(y):
        whole[row, :own], whole[row, -1] = yy[place, :-1], yy[place, -1]
        whole[row, own:-1] = yx[place]
        whole[own:-1, row] = yx[place]
    whole[own:-1, own:-1] = xx.reshape(n, v, v, lags, lags).transpose(3, 4, 0, 1, 2)
    return whole


def granger(both: Sides, lags: int, order: NDArray[np.int64] | None = None) -> Granger:
    """Z̃ of every ordered pair; ``order`` names the country each country's source comes from."""
    at = np.arange(len(both.known)) if order is None else order
    whole = moments(both, at, lags)
    count, diagonal = whole[0, 0].copy(), np.einsum("kk...->k...", whole).copy()
    sound = count >= 2 * lags + 6
    for pivot in range(lags + 1):
        sound &= _eliminate(whole, pivot, diagonal)
    short = whole[-1, -1].copy()
    for pivot in range(lags + 1, 2 * lags + 1):
        sound &= _eliminate(whole, pivot, diagonal)
    rest = whole[-1, -1]
    sound &= rest > _FLAT * np.maximum(diagonal[-1], 1e-300)
    freedom = np.where(sound, count - 2 * lags - 1, 9.0)
    wald = freedom * (short - rest) / np.where(sound, rest, 1.0)
    slope = _slopes(whole, lags)
    return _pooled(wald, slope, freedom, np.where(sound, count, 0), lags)


def _eliminate(whole: Array, pivot: int, diagonal: Array) -> NDArray[np.bool_]:
    """One step of Gauss, in place; false where nothing of the pivot's variance is left."""
    left = whole[pivot, pivot]
    sound = left > _FLAT * np.maximum(diagonal[pivot], 1e-300)
    ratio = whole[pivot, pivot + 1 :] / np.where(sound, left, 1.0)
    whole[pivot + 1 :, pivot + 1 :] -= whole[pivot + 1 :, pivot, None] * ratio[None]
    return np.asarray(sound)


def _slopes(whole: Array, lags: int) -> Array:
    """The summed coefficients of x's lags, by back substitution."""
    found: list[Array] = []
    for row in range(2 * lags, lags, -1):
        known = sum(
            (whole[row, row + 1 + k] * later for k, later in enumerate(reversed(found))),
            np.zeros(whole.shape[2:]),
        )
        pivot = whole[row, row]
        found.append((whole[row, -1] - known) / np.where(pivot > 0, pivot, 1.0))
    return np.asarray(sum(found))


def _pooled(wald: Array, slope: Array, freedom: Array, count: Array, lags: int) -> Granger:
    """Z̃ = Σ(W − E W) / √Σ Var W over countries, with the moments of equations 29 and 30."""
    used = count > 0
    n = used.sum(0)
    mean = lags * freedom / (freedom - 2)
    variance = 2 * lags * freedom**2 * (freedom + lags - 2) / ((freedom - 2) ** 2 * (freedom - 4))
    total = np.where(used, wald - mean, 0).sum(0)
    spread = np.where(used, variance, 0).sum(0)
    some = np.maximum(n, 1)
    centre = np.where(used, slope, 0).sum(0) / some
    squares = np.where(used, (slope - centre) ** 2, 0).sum(0)
    off = (n < 2) | np.eye(len(n), dtype=bool)
    z = np.where(off, np.nan, total / np.sqrt(np.where(n > 0, spread, 1.0)))
    error = np.sqrt(squares / (some * np.maximum(n - 1, 1)))
    return Granger(
        z,
        np.where(off, np.nan, centre),
        np.where(off, np.nan, error),
        n.astype(np.int64),
        count.sum(0).astype(np.int64),
    )


def null(both: Sides, lags: int, draws: int, seed: int) -> Array:
    """Z̃ (draws, targets, sources) with sources from other countries: a random cycle each draw."""
    rng = np.random.default_rng(seed)
    n = len(both.known)
    out = np.empty((draws, both.known.shape[1], both.known.shape[1]))
    for draw in range(draws):
        ring = rng.permutation(n)
        order = np.empty(n, np.int64)
        order[ring] = np.roll(ring, 1)  # a cycle leaves no country with itself
        out[draw] = granger(both, lags, order).z
    return out


def calibrated(z: Array, placebo: Array) -> Array:
    """One-sided p of each pair from its placebos, (draws, targets, sources).

    A pair's z and its placebos are standardised by the placebos' mean and spread; then the
    placebos of all pairs together are the null distribution, which gives p-values finer than
    1/draws (Tusher, Tibshirani & Chu 2001): p = (1 + #{placebo ≥ z}) / (1 + #placebo).

    >>> calibrated(np.array([[5.0]]), np.arange(-9.0, 10)[:, None, None]).round(3).tolist()
    [[0.3]]
    """
    centre, spread = placebo.mean(0), placebo.std(0)
    spread = np.where(spread > 0, spread, np.nan)
    scaled = ((placebo - centre) / spread).ravel()
    pool = np.sort(scaled[np.isfinite(scaled)])
    own = (z - centre) / spread
    above = len(pool) - np.searchsorted(pool, own, side="left")
    return np.where(np.isfinite(own), (1 + above) / (1 + len(pool)), np.nan)
