"""Links beyond common trend: correlated shocks of a country's indicators, the common taken out.

Levels that rise everywhere correlate whatever they measure (Granger & Newbold 1974, Journal of
Econometrics 2: spurious regressions). So each indicator is put on a normal scale by its ranks, its
yearly changes are taken, and from them the mean of the country (its trend) and of the year (what
happened everywhere). What is left is correlated over all country-years.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Sums(NamedTuple):
    """Of products of two indicators' shocks over the years both have, by country and pair."""

    product: Floats
    """(countries, pairs) Σ xy"""
    first: Floats
    """(countries, pairs) Σ xx"""
    second: Floats
    """(countries, pairs) Σ yy"""
    number: Floats
    """(countries, pairs) years"""

    def of(self, pairs: npt.NDArray[np.int64]) -> Sums:
        """Only some pairs."""
        return Sums(*(table[:, pairs] for table in self))


def normal_scores(values: Floats) -> Floats:
    """(countries, indicators, years) on a normal scale: Φ⁻¹(r / (n + 1)), r the mid-rank.

    Ranks are over all country-years of an indicator: van der Waerden (1952), Indagationes
    Mathematicae 14.

    >>> normal_scores(np.array([[[1.0, 5.0, np.nan, 2.0]]])).round(3)
    array([[[-0.674,  0.674,    nan,  0.   ]]])
    """
    flat = np.swapaxes(values, 0, 1).reshape(values.shape[1], -1)
    ranks = rankdata(flat, axis=1, nan_policy="omit")
    number = (~np.isnan(flat)).sum(1, keepdims=True)
    scores = ndtri(ranks / (number + 1))
    shape = (values.shape[1], values.shape[0], values.shape[2])
    return np.swapaxes(scores.reshape(shape), 0, 1)


def two_way(changes: Floats) -> Floats:
    """(countries, indicators, years) less country and year means of each indicator; NaN stays.

    Exact for unbalanced panels: the year effects γ solve (D − NᵀC⁻¹N) γ = Σ_c (x − x̄_c) with N the
    mask, C and D its row and column sums (Wansbeek & Kapteyn 1989, Journal of Econometrics 41).

    >>> two_way(np.array([[[1.0, 2.0]], [[2.0, 5.0]]])).round(6).tolist()
    [[[0.5, -0.5]], [[-0.5, 0.5]]]
    """
    seen = np.swapaxes(~np.isnan(changes), 0, 1).astype(float)
    x = np.nan_to_num(np.swapaxes(changes, 0, 1))
    per_country = np.maximum(seen.sum(2), 1)[:, :, None]
    within = (x - x.sum(2, keepdims=True) / per_country) * seen
    scaled = seen / per_country
    normal = np.eye(x.shape[2]) * seen.sum(1)[:, None, :] - np.swapaxes(scaled, 1, 2) @ seen
    years = np.linalg.pinv(normal, rcond=1e-10, hermitian=True) @ within.sum(1)[:, :, None]
    effects = seen * np.swapaxes(years, 1, 2)
    within = (within - effects + effects.sum(2, keepdims=True) / per_country) * seen
    return np.where(np.isnan(changes), np.nan, np.swapaxes(within, 0, 1))


def shocks(scores: Floats, usable: Flags) -> Floats:
    """(countries, indicators, years − 1): changes of usable neighbours, both effects taken out.

    ``scores`` are normal scores, ``usable`` says of which yearly changes to make use. A country
    with a single change of an indicator has nothing left once its mean is out, and is NaN. What is
    left is put on a normal scale once more, so that a few violent years do not decide, and both
    means are taken out again.
    """
    changes = np.where(usable, np.diff(scores, axis=2), np.nan)
    changes[(~np.isnan(changes)).sum(2) < 2] = np.nan
    return two_way(normal_scores(two_way(changes)))


def sums(own: Floats, other: Floats, places: npt.NDArray[np.int64] | None = None) -> Sums:
    """Sums for every two indicators i < j, i of ``own`` and j of ``other`` countries' shocks.

    Both are (countries, indicators, years); pairs are in the order of ``numpy.triu_indices``, or
    those at ``places`` there. Sums are as precise as what is given.
    """
    i, j = (side if places is None else side[places] for side in np.triu_indices(own.shape[1], 1))
    x, y = np.nan_to_num(own), np.swapaxes(np.nan_to_num(other), 1, 2)
    seen_x = (~np.isnan(own)).astype(own.dtype)
    seen_y = np.swapaxes(~np.isnan(other), 1, 2).astype(own.dtype)
    products = (x @ y, x**2 @ seen_y, seen_x @ y**2, seen_x @ seen_y)
    return Sums(*(np.ascontiguousarray(table[:, i, j]) for table in products))
