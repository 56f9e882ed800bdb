"""What is not used, and why: every exclusion is named and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aequa.core.panel import NATURES
from aequa.interlink.conservative import Flags, Floats, Sums, sums

UNKNOWN = 0


@dataclass(frozen=True)
class Excluded:
    """A row of the table ``excluded``."""

    level: str
    method: str
    """``classical``, ``conservative`` or ``both``"""
    group: str
    indicator: str | None
    """Null where the row is about many"""
    other: str | None
    """The second indicator of a pair"""
    reason: str
    count: int
    """Of cells for an indicator, of country-years for a pair, and where no indicator is named of
    pairs, or of country × pair combinations, as the reason says"""


def unused(natures: npt.NDArray[np.uint8], left_out: Sequence[str]) -> Flags:
    """Which cells came about in one of the ways ``left_out``.

    >>> unused(np.array([1, 4, 0], np.uint8), ["modelled"]).tolist()
    [False, True, False]
    """
    codes = [1 + NATURES.index(nature) for nature in left_out]
    return np.asarray(np.isin(natures, codes))


def carried(values: Floats, natures: npt.NDArray[np.uint8]) -> Flags:
    """(countries, indicators, years − 1): exact repetitions of last year's value, nature unknown.

    >>> carried(np.array([[[1.0, 1.0, 2.0]]]), np.zeros((1, 1, 3), np.uint8)).tolist()
    [[[True, False]]]
    """
    return np.asarray((np.diff(values, axis=2) == 0) & (natures[:, :, 1:] == UNKNOWN))


def duplicates(scores: Floats, limit: float) -> Flags:
    """(pairs,): levels, on a normal scale, correlate beyond ``limit`` over all country-years."""
    levels = np.swapaxes(scores, 0, 1).reshape(1, scores.shape[1], -1)
    table = sums(levels, levels)
    scale = np.sqrt(table.first * table.second)[0]
    product = table.product[0]
    level = np.divide(product, scale, out=np.zeros(len(scale)), where=scale > 0)
    return np.asarray(np.abs(level) > limit)


def alike(
    labels: Sequence[str | None], pairs: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
) -> Flags:
    """(pairs,): both indicators have the same label, and it is known.

    >>> alike(["a", None, "a", None], np.triu_indices(4, 1)).tolist()
    [False, True, False, False, False, False]
    """
    known = np.array([label is not None for label in labels], bool)
    text = np.array([label or "" for label in labels], object)
    first, second = pairs
    return np.asarray(known[first] & (text[first] == text[second]), bool)


def producers(sources: Sequence[str | None], collection: float) -> list[str | None]:
    """The sources, less those of more than this share of all: collections of many producers.

    >>> producers(["UN", "UN", "UN", "WHO", "ILO"], 0.25)
    [None, None, None, 'WHO', 'ILO']
    """
    count = Counter(sources)
    most = max(collection * len(sources), 1)
    return [source if count[source] <= most else None for source in sources]


def too_few(pairs: Sums, countries: int, observations: int) -> tuple[Flags, Flags]:
    """(pairs,) each: fewer countries, fewer country-years than needed."""
    return (pairs.number > 0).sum(0) < countries, pairs.number.sum(0) < observations


def listed(
    where: tuple[str, str, str],
    names: Sequence[tuple[str, str]],
    reasons: Sequence[tuple[str, Flags]],
    counts: npt.NDArray[np.int64],
) -> Iterator[Excluded]:
    """Rows for pairs: each under its first reason; one by one for all countries, else in sum."""
    open_pairs = np.ones(len(counts), bool)
    for reason, flags in reasons:
        found = np.flatnonzero(flags & open_pairs).tolist()
        open_pairs &= ~flags
        if where[2] == "all":
            yield from (Excluded(*where, *names[k], reason, int(counts[k])) for k in found)
        elif len(found):
            yield Excluded(*where, None, None, f"{reason} (pairs)", len(found))
