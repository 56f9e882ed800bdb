"""Counts of rank correlations between the series of different countries: what the placebo needs.

There are some 140 million such pairs in a panel of 193 countries and 89 indicators. Series are
grouped by which years they observe; for two such groups the shared years are the same, so that all
their correlations are one product of matrices of normalised ranks (see ``associate``). The counts
by country and country are exact, and serve any number of permutations of countries. Where years
are missing here and there, so that the groups come down to single series, ``pairwise`` does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from aequa.interlink.associate import ROUNDING, Floats, Singles, comparisons
from aequa.interlink.pairwise import Ints, Side, added, pairwise

SERIES = 128
"""How many series of one mask go against all others at a time: keeps the block in the cache."""
MASKS = 16
"""For how many masks all series are ranked at a time."""

BLOCK = 150
"""Pairs that ``pairwise`` does in the time that a block of series costs by itself."""


class Counts(NamedTuple):
    """For country A (row) and B (column), over indicator i of A and a later indicator j of B."""

    synergies: Ints
    tradeoffs: Ints
    pairs: Ints
    """Pairs with a correlation: enough shared years and neither constant in them."""


class _Series(NamedTuple):
    """Series that are long enough, sorted by mask."""

    signs: Singles
    """(series, years, years)"""
    place: Ints
    """indicator × countries + country"""
    kind: Ints
    """Which of ``masks``"""
    masks: Singles
    """(masks, years)"""


def across(values: Floats, years: int, threshold: float) -> Counts:
    """Count synergies, trade-offs and pairs between every two countries.

    ``values`` is (countries, indicators, years) with NaN where missing, higher better.

    >>> panel = np.arange(12.0).reshape(2, 1, 6) * [[[1.0]], [[-1.0]]]
    >>> across(np.concatenate([panel, panel], axis=1), 5, 0.6).tradeoffs
    array([[0, 1],
           [1, 0]])
    """
    countries, indicators, _ = values.shape
    if not _few(values, years):
        return Counts(*pairwise(_sides(values, years), countries, years, threshold))
    series = _sorted(values, years)
    total = np.zeros((3, countries, countries), np.int64)
    for rho, place in _blocks(series, years, countries * indicators):
        found = _count(rho, place, (indicators, countries), threshold)
        for kind in range(3):
            np.add.at(total[kind], place % countries, found[kind].T)
    return Counts(*total)


def _few(values: Floats, years: int) -> bool:
    """Whether blocks of one pair of masks hold enough pairs each to be worth their while.

    From a sample of the masks; a block costs as much as some 150 pairs of ``pairwise``.
    """
    masks = ~np.isnan(values.reshape(-1, values.shape[2]))
    masks = masks[masks.sum(1) >= years]
    different = np.unique(masks, axis=0)
    sample = different[:: len(different) // 20 + 1]
    shared = [len(np.unique(different & mask, axis=0)) for mask in sample]
    return bool(np.mean(shared or [0]) * len(different) * BLOCK <= len(masks) ** 2)


def _sides(values: Floats, years: int) -> Side:
    """The series that are long enough, by country."""
    flat = values.reshape(-1, values.shape[2])
    place = np.flatnonzero((~np.isnan(flat)).sum(1) >= years)
    flat = flat[place]
    mask = (~np.isnan(flat)).astype(np.float32)
    return Side(comparisons(flat), mask, *np.divmod(place, values.shape[1]))


def _sorted(values: Floats, years: int) -> _Series:
    flat = np.swapaxes(values, 0, 1).reshape(-1, values.shape[2])
    place = np.flatnonzero((~np.isnan(flat)).sum(1) >= years)
    flat = flat[place]
    masks, kind = np.unique(~np.isnan(flat), axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    order = np.argsort(kind, kind="stable")
    signs = comparisons(flat[order])
    return _Series(signs, place[order], kind[order], masks.astype(np.float32))


def _blocks(series: _Series, years: int, size: int) -> Iterator[tuple[Singles, Ints]]:
    """(size, n) correlations of every place with n series of one mask, and these series' places."""
    starts = np.searchsorted(series.kind, np.arange(len(series.masks) + 1))
    for kind, ranks in _ranked(series, years):
        groups = list(_shared(series, series.masks[kind], starts, years))
        common = np.array([mask for mask, _ in groups], np.float32)
        rows = [series.place[members] for _, members in groups]
        partners = [ranks[members] for _, members in groups]
        for first in range(starts[kind], starts[kind + 1], SERIES):
            own = slice(first, min(first + SERIES, starts[kind + 1]))
            columns = _normalised(_under(series.signs[own], common), common)
            rho = np.full((size, own.stop - own.start), np.nan, np.float32)
            for row, left, right in zip(rows, partners, columns, strict=True):
                rho[row] = left @ right
            yield rho, series.place[own]


def _ranked(series: _Series, years: int) -> Iterator[tuple[int, Singles]]:
    """For each mask, the normalised ranks of all series over the years they share with it."""
    number, span, _ = series.signs.shape
    flat = series.signs.reshape(number * span, span)
    for first in range(0, len(series.masks), MASKS):
        masks = series.masks[first : first + MASKS]
        ranks = (masks @ flat.T).reshape(len(masks), number, span)
        for offset, mask in enumerate(masks):
            one = ranks[offset] * mask
            yield first + offset, one / _length(np.einsum("ns,ns->n", one, one))[:, None]


def _shared(
    series: _Series, mask: Singles, starts: Ints, years: int
) -> Iterator[tuple[Singles, Ints]]:
    """Each set of years that some series share with the mask, and those series."""
    common, group = np.unique(series.masks * mask, axis=0, return_inverse=True)
    of_series = group.reshape(-1).astype(np.uint16 if len(common) < 2**16 else np.int64)[
        series.kind
    ]
    order = np.argsort(of_series, kind="stable")
    ends = np.searchsorted(of_series[order], np.arange(len(common) + 1))
    for number, years_shared in enumerate(common):
        if years_shared.sum() >= years:
            yield years_shared, order[ends[number] : ends[number + 1]]


def _under(signs: Singles, masks: Singles) -> Singles:
    """(masks, years, series): ranks of the series (n, years, years) over the years of each mask."""
    number, span, _ = signs.shape
    by_year = np.ascontiguousarray(np.moveaxis(signs, 2, 0).swapaxes(1, 2))
    return (masks @ by_year.reshape(span, span * number)).reshape(len(masks), span, number)


def _normalised(ranks: Singles, masks: Singles) -> Singles:
    ranks *= masks[:, :, None]
    return ranks / _length(np.einsum("msn,msn->mn", ranks, ranks))[:, None, :]


def _length(squares: Singles) -> Singles:
    """The root, and NaN for a constant series, which has no correlation."""
    return np.sqrt(np.where(squares > 0, squares, np.nan))


def _count(rho: Singles, place: Ints, shape: tuple[int, int], threshold: float) -> list[Ints]:
    """(3, countries, n): synergies, trade-offs and pairs of each series with later indicators."""
    cells = rho.reshape(*shape, -1)
    earlier = np.arange(shape[0])[:, None] <= place // shape[1]
    np.copyto(cells, np.nan, where=earlier[:, None, :])
    limit = np.float32(threshold + ROUNDING)
    return [added(cells > limit), added(cells < -limit), added(cells == cells)]
