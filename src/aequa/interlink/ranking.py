"""Ranks as intervals: no more order than the data can tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
Ranks = NDArray[np.int64]


def rank_intervals(values: Array, errors: Array, critical: Array | float) -> tuple[Ranks, Ranks]:
    """Best and worst rank of each value, 1 for the highest; 0 where the value is NaN.

    ``errors`` (…, V, V) are standard errors of the differences. A value's best rank is 1 + the
    number that lie above it by more than ``critical`` errors, its worst the number of values less
    those that lie so far below. With a Bonferroni ``critical`` over all pairs the intervals hold
    all true ranks at once (Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies 91,
    476–518, in their conservative form).

    >>> low, high = rank_intervals(np.array([9.0, 1.0, 1.5]), np.ones((3, 3)), 2.0)
    >>> low.tolist(), high.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    gap = values[..., None, :] - values[..., :, None]  # how far the other lies above
    far = np.asarray(critical)[..., None, None] * errors if np.ndim(critical) else critical * errors
    known = np.isfinite(values)
    above = (gap > far).sum(-1)
    below = (-gap > far).sum(-1)
    count = known.sum(-1, keepdims=True)
    return np.where(known, 1 + above, 0), np.where(known, count - below, 0)


def pairwise_critical(count: int, level: float, freedom: Array | float) -> Array:
    """Student's t quantile for all differences among ``count`` values at once (Bonferroni).

    >>> round(float(pairwise_critical(3, 0.95, 1e9)), 3)
    2.394
    """
    pairs = max(count * (count - 1) / 2, 1)
    return np.asarray(stats.t.ppf(1 - (1 - level) / (2 * pairs), freedom))
