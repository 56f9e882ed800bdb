"""Counts of rank correlations between countries where the series share few patterns of years.

``across`` multiplies blocks of series that observe the same years. Where years are missing here and
there the blocks come down to single pairs; then every pair's ranks are computed by themselves, in
slabs (years, series of one country, some series of the others).
"""

from __future__ import annotations

from itertools import pairwise as pairs_of
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.interlink.associate import ROUNDING, Singles

Ints = npt.NDArray[np.int64]

SLAB = 384
"""Series of other countries at a time: a slab of 22 years × 89 × 384 stays near the cache."""


class Side(NamedTuple):
    """Some series, all of whose countries lie side by side."""

    signs: Singles
    """(series, years, years), see ``associate.comparisons``"""
    mask: Singles
    """(series, years)"""
    country: Ints
    indicator: Ints

    def part(self, which: slice) -> Side:
        """Some of them."""
        signs, mask, country, indicator = self
        return Side(signs[which], mask[which], country[which], indicator[which])


class _Part(NamedTuple):
    """Series with what is needed of them again and again."""

    side: Side
    tied: Singles
    """(ties, years): the years of each set of equal values"""
    starts: Ints
    """Where in ``tied`` the sets of each of ``owners`` begin"""
    owners: Ints
    """Which series have any"""


def pairwise(series: Side, countries: int, years: int, threshold: float) -> Ints:
    """(3, countries, countries): synergies, trade-offs, pairs; as ``across.Counts``.

    ``series`` is sorted by country.
    """
    total = np.zeros((3, countries, countries), np.int64)
    starts = np.searchsorted(series.country, np.arange(countries + 1))
    own = [_part(series.part(slice(*ends))) for ends in pairs_of(starts.tolist())]
    limit = np.float32(threshold + ROUNDING)
    for first in range(0, len(series.country), SLAB):
        other = _part(series.part(slice(first, first + SLAB)))
        for country in range(other.side.country[-1] + 1):
            _add(total, own[country], other, country, years, limit)
    return total


def _part(side: Side) -> _Part:
    equal = (side.signs == 0) & (side.mask[:, :, None] * side.mask[:, None, :] > 0)
    leads = ~np.any(np.tril(equal, -1), axis=2) & (equal.sum(2) > 1)
    owners = np.flatnonzero(leads.any(1))
    starts = np.cumsum(leads.sum(1)[owners]) - leads.sum(1)[owners]
    return _Part(side, equal[leads].astype(np.float32), starts, owners)


def _add(
    total: Ints, mine: _Part, theirs: _Part, country: int, years: int, limit: np.float32
) -> None:
    """Count own series against those of this and later countries, each pair of series once.

    A pair counts under (own, other) where the own indicator comes first, else under (other, own).
    """
    own, other = mine.side, theirs.side
    product = np.einsum("sij,sij->ij", _ranks(own, other), _turned(own, other))
    shared = own.mask @ other.mask.T
    squares = _squares(mine, other.mask, shared) * _squares(theirs, own.mask, shared.T).T
    valid = (shared >= years) & (squares > 0) & (other.country >= country)
    bound = limit * np.sqrt(squares)
    first = own.indicator[:, None] < other.indicator
    later = (own.indicator[:, None] > other.indicator) & (other.country != country)
    size = total.shape[1]
    for kind, flags in enumerate((product > bound, product < -bound, valid)):
        found = flags & valid
        ahead, behind = added(found & first), added(found & later)
        total[kind, country] += np.bincount(other.country, ahead, size).astype(np.int64)
        total[kind, :, country] += np.bincount(other.country, behind, size).astype(np.int64)


def _ranks(own: Side, other: Side) -> Singles:
    """(years, own, other): the own series' ranks over the years the other observes."""
    return np.asarray(np.matmul(np.swapaxes(own.signs, 0, 1), other.mask.T))


def _turned(own: Side, other: Side) -> Singles:
    """(years, own, other): the other series' ranks over the years the own observes."""
    return np.asarray(np.matmul(own.mask, np.moveaxis(other.signs, 0, 2)))


def _squares(part: _Part, partner: Singles, shared: Singles) -> Singles:
    """(series, partners): Σ r² over the shared years: (n³ − n)/3 less (t³ − t)/3 for each tie of t.

    Kendall & Gibbons (1990), ch. 3; the ranks here are doubled, which makes 12 of it 3.
    """
    squares = ((shared**3 - shared) / 3).astype(np.float32)
    if len(part.owners):
        size = part.tied @ partner.T
        squares[part.owners] -= np.add.reduceat((size**3 - size) / 3, part.starts, axis=0)
    return squares


def added(flags: npt.NDArray[np.bool_]) -> Ints:
    """Sum over the first axis; bytes are added 255 at a time, which is four times as fast.

    >>> added(np.ones((300, 2), bool)).tolist()
    [300, 300]
    """
    blocks = (flags[first : first + 255] for first in range(0, len(flags), 255))
    sums = [np.add.reduce(block.view(np.uint8), axis=0, dtype=np.uint8) for block in blocks]
    nothing = np.zeros(flags.shape[1:], np.int64)  # a country may have no series at all
    return np.asarray(np.sum([nothing, *sums], axis=0, dtype=np.int64))
