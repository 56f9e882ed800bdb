"""What the classical method finds where there can be no link: series of different countries.

Indicator i of country A goes with indicator j of country B. What such pairs show is common trend,
and only the excess over it can be a link within countries.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.interlink.across import Counts
from aequa.interlink.pairwise import Ints

Floats = npt.NDArray[np.float64]


class Shares(NamedTuple):
    """Shares among the pairs that have a correlation, over countries × pairs."""

    synergy: float
    tradeoff: float
    pairs: int
    placebo_synergy: Floats
    """(permutations,)"""
    placebo_tradeoff: Floats
    """(permutations,)"""
    placebo_pairs: float
    """Mean over the permutations."""


def derangements(countries: int, number: int, rng: np.random.Generator) -> Ints:
    """(number, countries): random permutations that leave no country in its place.

    Drawn uniformly, by drawing permutations until enough have no fixed point (one in e has none).

    >>> derangements(2, 2, np.random.default_rng(0))
    array([[1, 0],
           [1, 0]])
    """
    found = np.empty((0, countries), np.int64)
    places = np.arange(countries)
    while len(found) < number:
        drawn = rng.permuted(np.tile(places, (4 * number, 1)), axis=1)
        found = np.concatenate([found, drawn[~(drawn == places).any(1)]])
    return found[:number]


def shares(counts: Counts, members: Ints, permutations: int, rng: np.random.Generator) -> Shares:
    """The shares within the countries of one group, and across them under random derangements.

    ``members`` are the places of at least two countries in ``counts``.

    >>> counts = Counts(np.diag([2, 1]), np.diag([0, 1]), np.full((2, 2), 4))
    >>> shares(counts, np.arange(2), 3, np.random.default_rng(1))[:4]
    (0.375, 0.125, 8, array([0., 0., 0.]))
    """
    partner = members[derangements(len(members), permutations, rng)]
    own = [int(table[members, members].sum()) for table in counts]
    chance = [table[members, partner].sum(1) for table in counts]
    return Shares(
        _share(own[0], own[2]),
        _share(own[1], own[2]),
        own[2],
        np.divide(chance[0], chance[2], out=_nan(permutations), where=chance[2] > 0),
        np.divide(chance[1], chance[2], out=_nan(permutations), where=chance[2] > 0),
        float(chance[2].mean()),
    )


def _share(count: int, total: int) -> float:
    return count / total if total else float("nan")


def _nan(length: int) -> Floats:
    return np.full(length, np.nan)
