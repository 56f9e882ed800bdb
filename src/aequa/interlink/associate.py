"""Spearman's rank correlation of series with missing years, exactly, for many pairs at once.

The rank of a value among the years that two series share is a sum of comparisons. With
``S[s, t] = sign(x_s − x_t)`` (0 where either is missing) and ``m`` the partner's mask,

    r_s = Σ_t S[s, t] · m_t

is twice the centred mid-rank of x_s among the shared years: ties take the mean of their ranks, and
no value needs to be sorted anew for another partner. Spearman's ρ is the cosine of two such
vectors over the shared years (Kendall & Gibbons 1990, Rank Correlation Methods, ch. 1–3).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

ROUNDING = 1e-6
"""A correlation this close to the threshold equals it, and is no link."""


class Correlations(NamedTuple):
    """Of every two indicators within every country."""

    rho: Floats
    """(countries, indicators, indicators); NaN where too few years, or a series is constant"""
    years: npt.NDArray[np.int64]
    """(countries, indicators, indicators): years that both observe"""


def comparisons(values: Floats) -> Singles:
    """(…, years) to (…, years, years): the sign of x_s − x_t, 0 where either is missing.

    >>> comparisons(np.array([3.0, 1.0, np.nan]))
    array([[ 0.,  1.,  0.],
           [-1.,  0.,  0.],
           [ 0.,  0.,  0.]], dtype=float32)
    """
    signs = np.sign(values[..., :, None] - values[..., None, :])
    return np.nan_to_num(signs, nan=0.0).astype(np.float32)


def within(values: Floats, years: int) -> Correlations:
    """Spearman's ρ of every two indicators within each country, over the years both observe.

    ``values`` is (countries, indicators, years), NaN where missing; ``years`` is the fewest years.

    >>> rising = np.array([[[1.0, 2.0, 3.0, np.nan, 9.0], [2.0, 4.0, 8.0, 5.0, 1.0]]])
    >>> round(float(within(rising, 4).rho[0, 0, 1]), 3), int(within(rising, 4).years[0, 0, 1])
    (-0.2, 4)
    """
    countries, indicators, _ = values.shape
    rho = np.full((countries, indicators, indicators), np.nan)
    shared = np.zeros(rho.shape, np.int64)
    for country in range(countries):
        rho[country], shared[country] = _one(values[country])
    rho[shared < years] = np.nan
    return Correlations(rho, shared)


def _one(values: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """ρ and the number of shared years of every two of (series, years)."""
    mask = (~np.isnan(values)).astype(np.float32)
    ranks = np.swapaxes(comparisons(values) @ mask.T, 1, 2) * mask
    product = np.einsum("ijs,jis->ij", ranks, ranks, dtype=np.float64)
    squares = np.einsum("ijs,ijs->ij", ranks, ranks, dtype=np.float64)
    scale = np.sqrt(squares * squares.T)
    rho = np.divide(product, scale, out=np.full(scale.shape, np.nan), where=scale > 0)
    return np.clip(rho, -1, 1), np.rint(mask @ mask.T).astype(np.int64)
