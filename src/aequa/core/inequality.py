"""How unequally something is spread: Gini, Theil, mean log deviation, Palma, Lorenz, top shares.

All measures take ``values`` per unit (a person's share of a country's total, a goal's works) and
``weights`` (people; 1 by default) over the last axis, broadcast against each other: with weights of
shape (samples, n), a whole bootstrap is one call. Values and weights are not negative; zeros count.
Where the total is 0 there is nothing to share out, and the answer is NaN.

Cowell, F. A. (2011). Measuring Inequality, 3rd ed. Oxford University Press.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Half the relative mean absolute difference between two people (Gini 1912; Sen 1973)::

        G = ΣᵢΣⱼ wᵢ wⱼ |xᵢ − xⱼ| / (2 W² x̄)  =  Σᵢ wᵢ x₍ᵢ₎ (2Cᵢ − wᵢ − W) / (W Σ w x)

    with Cᵢ the weight up to and including i, the smallest values first. 0 is equal, 1 is one for
    all. For 1, 2, 3 and 6 the sixteen differences sum to 32, the mean is 3, so
    G = 32 / (2 · 16 · 3) = 1/3; a value with weight 3 counts as three of them:

    >>> round(float(gini([1, 2, 3, 6])), 6)
    0.333333
    >>> float(gini([0, 0, 0, 1])), float(gini([0, 1], [3, 1]))
    (0.75, 0.75)
    """
    x, w = _ordered(values, weights)
    upto, whole = np.cumsum(w, axis=-1), w.sum(axis=-1, keepdims=True)
    amount = w * x
    above = (amount * (2 * upto - w - whole)).sum(axis=-1)
    return np.asarray(np.maximum(above / _positive(whole[..., 0] * amount.sum(axis=-1)), 0))


def theil(values: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Theil's T (Theil 1967): the mean of r ln r, where r is a value over the mean::

        T = Σᵢ pᵢ rᵢ ln rᵢ,   p = w / W,   r = x / Σ p x,   0 · ln 0 = 0

    0 is equal, ln n is one of n for all. For 1 and 3 the mean is 2 and r is 0.5 and 1.5, so
    T = (0.5 ln 0.5 + 1.5 ln 1.5) / 2 = 0.1308:

    >>> round(float(theil([1, 3])), 4), round(float(theil([0, 5]) / np.log(2)), 12)
    (0.1308, 1.0)
    """
    part, ratio = _relative(values, weights)
    logs = np.log(np.where(ratio > 0, ratio, 1))
    return np.asarray(np.maximum((part * ratio * logs).sum(axis=-1), 0))


def mean_log_deviation(values: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Theil's L: the mean of ln(mean / value) (Theil 1967); infinite where somebody has nothing.

    For 1 and 3: (ln 2/1 + ln 2/3) / 2 = 0.1438:

    >>> round(float(mean_log_deviation([1, 3])), 4), float(mean_log_deviation([0, 1]))
    (0.1438, inf)
    """
    part, ratio = _relative(values, weights)
    logs = np.log(np.where(ratio > 0, ratio, 1))
    logs = np.where((ratio <= 0) & (part > 0), -np.inf, logs)
    logs = np.where(np.isnan(ratio), np.nan, logs)
    return np.asarray(np.maximum(-(part * logs).sum(axis=-1), 0))


def palma(values: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """What the top 10 % hold over what the bottom 40 % hold (Palma 2011; Cobham & Sumner 2013).

    A country on the border counts with the part of its people on each side. Infinite where the
    bottom 40 % hold nothing. Of ten people with 1, …, 10 the top one has 10, the bottom four
    1 + 2 + 3 + 4 = 10; of three, the top 0.3 have 0.9 and the bottom 1.2 have 1.4:

    >>> float(palma(range(1, 11))), round(float(palma([1, 2, 3])), 6)
    (1.0, 0.642857)
    """
    x, w = _ordered(values, weights)
    upto, whole = np.cumsum(w, axis=-1), w.sum(axis=-1, keepdims=True)
    top = (x * np.clip(upto - 0.9 * whole, 0, w)).sum(axis=-1)
    bottom = (x * np.clip(0.4 * whole - (upto - w), 0, w)).sum(axis=-1)
    none = np.where(top > 0, np.inf, np.nan)
    return np.asarray(np.where(bottom > 0, top / _positive(bottom), none))


def lorenz(values: ArrayLike, weights: ArrayLike | None = None) -> tuple[Array, Array]:
    """Points of the Lorenz curve (Lorenz 1905): cumulative shares of weight and of the total.

    n + 1 points from (0, 0) to (1, 1), the smallest values first; none where the total is 0.

    >>> [points.tolist() for points in lorenz([3, 1])]
    [[0.0, 0.5, 1.0], [0.0, 0.25, 1.0]]
    """
    x, w = _ordered(values, weights)
    if not (w * x).sum() > 0:
        return np.empty(0), np.empty(0)
    people, amount = (np.concatenate([[0.0], np.cumsum(sums)]) for sums in (w, w * x))
    return people / people[-1], amount / amount[-1]


def lorenz_at(points: ArrayLike, values: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """The Lorenz curve's height at shares of the weight, shape (…, points); NaN for a total of 0.

    >>> lorenz_at([0.25, 0.5, 1], [3, 1]).tolist()
    [0.125, 0.25, 1.0]
    """
    x, w = _ordered(values, weights)
    before = np.cumsum(w, axis=-1) - w
    whole, amount = w.sum(axis=-1), _positive((w * x).sum(axis=-1))
    share = np.asarray(points, float)
    heights = [(x * np.clip(p * whole[..., None] - before, 0, w)).sum(axis=-1) for p in share]
    return np.asarray(np.stack(heights, axis=-1) / amount[..., None])


def top_share(values: ArrayLike, top: float, counts: ArrayLike | None = None) -> Array:
    """What the ``top`` largest of the units hold of the total, over the last axis.

    ``values`` are totals of units; ``counts`` says how often each unit occurs (1 by default).

    >>> float(top_share([1, 1, 2, 4], top=2)), float(top_share([1, 4], 2, counts=[2, 1]))
    (0.75, 0.8333333333333334)
    """
    x, c = _ordered(values, counts)
    after = np.cumsum(c[..., ::-1], axis=-1)[..., ::-1] - c
    held = (x * np.clip(top - after, 0, c)).sum(axis=-1)
    return np.asarray(held / _positive((x * c).sum(axis=-1)))


def percentile_interval(samples: Array, level: float) -> tuple[float, float]:
    """The percentile interval of bootstrap samples (Efron 1979), NaN samples left out.

    >>> percentile_interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    known = samples[~np.isnan(samples)]
    if not len(known):
        return float("nan"), float("nan")
    tails = [(1 - level) / 2, (1 + level) / 2]
    method = "linear" if np.isfinite(known).all() else "nearest"  # inf − inf is no number
    low, high = np.quantile(known, tails, method=method)  # type: ignore[call-overload]
    return float(low), float(high)


def _ordered(values: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """Values in rising order over the last axis, and their weights in the same order."""
    x = np.asarray(values, float)
    if weights is None:
        return np.sort(x, axis=-1), np.ones(x.shape[-1])
    w = np.asarray(weights, float)
    if x.ndim == 1:
        order = np.argsort(x, kind="stable")
        return x[order], w[..., order]
    x, w = np.broadcast_arrays(x, w)
    order = np.argsort(x, axis=-1, kind="stable")
    return np.take_along_axis(x, order, -1), np.take_along_axis(w, order, -1)


def _relative(values: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """Shares of the weight, and values over the mean (NaN where the total is 0)."""
    x = np.asarray(values, float)
    w = np.ones(x.shape[-1]) if weights is None else np.asarray(weights, float)
    part = w / _positive(w.sum(axis=-1, keepdims=True))
    return part, x / _positive((part * x).sum(axis=-1, keepdims=True))


def _positive(total: Array) -> Array:
    """The total, NaN where it is not above 0."""
    return np.where(total > 0, total, np.nan)
