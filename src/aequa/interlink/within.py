"""Two-way effects taken out of panels with gaps, and errors that hold across countries.

Arrays are (countries, variables, years) with NaN as missing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_ENOUGH = 1e-10
_ROUNDS = 200


def within(values: Array, known: NDArray[np.bool_]) -> Array:
    """``values`` less country and year means over the cells ``known``, 0 elsewhere.

    Countries are the first axis from the left that ``known`` has, years the last; the two means
    are taken out in turn until nothing is left (Guimarães & Portugal 2010, Stata Journal 10,
    628–649). Without gaps one round is exact.

    >>> panel = np.array([[[1.0, 2.0]], [[3.0, 5.0]]])
    >>> within(panel, np.isfinite(panel)).tolist()
    [[[0.25, -0.25]], [[-0.25, 0.25]]]
    """
    weight = known.astype(float)
    years = np.maximum(weight.sum(-1, keepdims=True), 1)
    countries = np.maximum(weight.sum(-3, keepdims=True), 1)
    left = np.where(known, values, 0.0)
    size = np.abs(left).max(initial=0)
    for _ in range(_ROUNDS):
        left = (left - left.sum(-1, keepdims=True) / years) * weight
        means = left.sum(-3, keepdims=True) / countries
        left = (left - means) * weight
        if np.abs(left.sum(-1) / years[..., 0]).max(initial=0) <= _ENOUGH * size:
            break
    return np.asarray(left)


def changes(levels: Array) -> Array:
    """Yearly changes less their country and year means; NaN where either year is missing."""
    steps = np.diff(levels)
    known = np.isfinite(steps)
    return np.where(known, within(steps, known), np.nan)


def driscoll_kraay(scores: Array, bandwidth: int) -> Array:
    """Variance from the scores summed over countries by year, (…, years).

    Σ_l w_l Γ_l with Bartlett weights w_l = 1 − l / (m + 1) and Γ_l the autocovariance of the
    scores: holds under dependence between countries and over time (Driscoll & Kraay 1998, Review
    of Economics and Statistics 80, 549–560; weights of Newey & West 1987).

    >>> float(driscoll_kraay(np.array([1.0, -1.0, 2.0]), 1))
    3.0
    """
    total = (scores**2).sum(-1)
    for lag in range(1, min(bandwidth, scores.shape[-1] - 1) + 1):
        weight = 2 * (1 - lag / (bandwidth + 1))
        total = total + weight * (scores[..., lag:] * scores[..., :-lag]).sum(-1)
    return np.asarray(np.maximum(total, 0.0))


def bandwidth(years: int, horizon: int) -> int:
    """⌊4 (T/100)^(2/9)⌋ (Newey & West 1994), and at least as long as the changes overlap.

    >>> bandwidth(20, 0), bandwidth(20, 5)
    (2, 5)
    """
    return max(int(4 * (years / 100) ** (2 / 9)), horizon)
