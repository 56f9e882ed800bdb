"""How works are spread over units (goals, countries), and a bootstrap of the works."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aequa.core.inequality import Array

Index = NDArray[np.int64]


class Spread(NamedTuple):
    """How works are spread over units (goals, countries), as entries of a sparse matrix.

    ``share[e]`` of work ``work[e]`` goes to unit ``unit[e]``; ``works`` and ``units`` are how
    many there are, those without an entry included.
    """

    work: Index
    unit: Index
    share: Array
    works: int
    units: int

    def totals(self) -> Array:
        """What every unit holds, shape (units,)."""
        sums = np.bincount(self.unit, weights=self.share, minlength=self.units)
        return sums.astype(np.float64)


PARTS = 4000
"""More works than this are resampled in as many random groups, see ``resampled``."""


def resampled(spread: Spread, replicates: int, seed: int) -> Array:
    """Totals of every unit in bootstrap samples of the works, shape (replicates, units).

    Works are drawn with replacement (Efron & Tibshirani 1993, An Introduction to the Bootstrap,
    ch. 6). Above ``PARTS`` works, equally large random groups of works are drawn instead (Wolter
    2007, Introduction to Variance Estimation, ch. 2): the variance is the same in expectation,
    its own error some 2 %, and the cost no longer grows with works × replicates.

    >>> one = Spread(np.arange(4), np.ones(4, int), np.ones(4), works=4, units=3)
    >>> resampled(one, 2, seed=0).tolist()
    [[0.0, 4.0, 0.0], [0.0, 4.0, 0.0]]
    """
    random = np.random.default_rng(seed)
    parts = min(spread.works, PARTS)
    if not parts:
        return np.zeros((replicates, spread.units))
    part = (random.permutation(spread.works) % parts)[spread.work]
    flat = np.bincount(
        part * spread.units + spread.unit, weights=spread.share, minlength=parts * spread.units
    )
    drawn = random.multinomial(parts, np.full(parts, 1 / parts), size=replicates)
    return np.asarray(drawn @ flat.reshape(parts, spread.units), np.float64)
