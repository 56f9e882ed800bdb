"""Intervals for shares: Wilson's score interval, also for weighted and fractional counts."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def effective_size(total: ArrayLike, squares: ArrayLike) -> Array:
    """How many equally weighted works carry as much information: (Σw)² / Σw² (Kish 1965, §8.2).

    ``total`` is Σw and ``squares`` Σw², arrays of one shape; NaN where there is no weight at all.

    >>> effective_size([4.0, 1.5], [4.0, 1.25]).tolist()
    [4.0, 1.8]
    """
    weight, square = np.asarray(total, float), np.asarray(squares, float)
    safe = np.where(square > 0, square, np.nan)
    return np.asarray(weight**2 / safe)


def wilson(share: ArrayLike, size: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Lower and upper bound of a share (Wilson 1927), element by element.

    With p the share, n the (effective) size and z the normal quantile of (1 + level) / 2::

        (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    JASA 22, 209–212. Newcombe (1998, Statistics in Medicine 17, 857–872, method 3) gives for
    81 of 263:

    >>> [round(float(bound), 4) for bound in wilson(81 / 263, 263)]
    [0.2553, 0.3662]
    >>> [bool(np.isnan(bound)) for bound in wilson(float("nan"), 0)]
    [True, True]
    """
    p, n = np.clip(np.asarray(share, float), 0, 1), np.asarray(size, float)
    n = np.where(n > 0, n, np.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = p + z**2 / (2 * n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    low = np.where(p == 0, 0 * n, (centre - half) / scale)
    high = np.where(p == 1, 0 * n + 1, (centre + half) / scale)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)
