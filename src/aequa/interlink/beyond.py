"""The conservative method with its placebo: what is linked beyond common trend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.interlink.conservative import Flags, Floats, Sums, normal_scores, shocks, sums
from aequa.interlink.exclusions import (
    Excluded,
    alike,
    carried,
    duplicates,
    listed,
    producers,
    too_few,
    unused,
)
from aequa.interlink.observed import Group, Observed
from aequa.interlink.placebo import derangements
from aequa.interlink.significance import Outcome, outcome, weights
from aequa.interlink.spec import Spec
from aequa.interlink.tables import link_rows, placebo_row

METHOD = "conservative"


class Prepared(NamedTuple):
    """What all groups share."""

    scores: Floats
    """(countries, indicators, years) on a normal scale, cells not used NaN"""
    usable: Flags
    """(countries, indicators, years − 1): yearly changes to use"""
    barred: list[tuple[str, Flags]]
    """Reasons for which pairs are not tested, and which"""


def prepared(seen: Observed, spec: Spec) -> tuple[Prepared, list[Excluded]]:
    """Cells and pairs to use, and the others counted by indicator."""
    masked = unused(seen.natures, spec.natures) & ~np.isnan(seen.values)
    values = np.where(masked, np.nan, seen.values)
    repeated = carried(values, seen.natures) & (not spec.zeros)
    scores = normal_scores(values)
    barred = [("near-duplicate: levels correlate", duplicates(scores, spec.duplicate))]
    if seen.level == "indicator":
        barred.append(("same family", alike(seen.families, seen.pairs)))
        sources = producers(seen.sources, spec.collection)
        if not spec.same_source:
            barred.append(("same source", alike(sources, seen.pairs)))
    usable = ~np.isnan(np.diff(values, axis=2)) & ~repeated
    natures = f"nature {' or '.join(spec.natures)} (cells)"
    reasons = ((natures, masked), ("change exactly zero, nature unknown (changes)", repeated))
    rows = [
        Excluded(seen.level, METHOD, "all", name, None, reason, int(count))
        for reason, flags in reasons
        for name, count in zip(seen.indicators, flags.sum((0, 2)), strict=True)
        if count
    ]
    return Prepared(scores, usable, barred), rows


def beyond(
    seen: Observed, ready: Prepared, groups: list[Group], spec: Spec
) -> tuple[list[pa.Table], list[pa.Table], list[Excluded]]:
    """Links, placebo and exclusions of every group that is large enough.

    Of a pair ``estimate`` is the correlation of shocks, ``low`` and ``high`` percentiles of the
    country bootstrap, and ``sign`` is not 0 where q is at most ``spec.fdr``. The shares of the
    placebo table are of pairs found among those tested, for own and for permuted countries.
    """
    links, placebos, excluded = [], [], []
    for number, group in enumerate(groups):
        where = (seen.level, METHOD, group.name)
        size = len(group.members)
        if size < spec.countries:
            reason = f"fewer than {spec.countries} countries (countries)"
            excluded.append(Excluded(*where, None, None, reason, size))
            continue
        rng = np.random.default_rng([spec.seed, number])
        drawn = weights(size, spec.bootstraps, rng)
        left = shocks(ready.scores[group.members], ready.usable[group.members])
        pairs = sums(left, left)
        open_pairs, left_out = _open(seen, ready, pairs, where, spec)
        found = outcome(pairs.of(open_pairs), drawn)
        links.append(_links(seen, found, open_pairs, where, spec))
        excluded += left_out
        runs = list(_runs(left, open_pairs, drawn, rng, spec))
        placebos.append(_placebo(found, runs, where, size, spec))
    return links, placebos, excluded


def _open(
    seen: Observed, ready: Prepared, pairs: Sums, where: tuple[str, str, str], spec: Spec
) -> tuple[npt.NDArray[np.int64], list[Excluded]]:
    """Which pairs to test, and the others with reasons."""
    countries, observations = too_few(pairs, spec.countries, spec.observations)
    few = f"fewer than {spec.countries} countries"
    short = f"fewer than {spec.observations} country-years"
    reasons = [*ready.barred, (few, countries), (short, observations), *_still(pairs)]
    first, second = seen.pairs
    names = [(seen.indicators[i], seen.indicators[j]) for i, j in zip(first, second, strict=True)]
    counts = pairs.number.sum(0).astype(np.int64)
    barred = np.any([flags for _, flags in reasons], axis=0)
    return np.flatnonzero(~barred), list(listed(where, names, reasons, counts))


def _still(pairs: Sums) -> Iterator[tuple[str, Flags]]:
    """Pairs of which one does not vary once the means are out."""
    yield "no variation left", ~((pairs.first.sum(0) > 0) & (pairs.second.sum(0) > 0))


def _sign(found: Outcome, spec: Spec) -> npt.NDArray[np.int8]:
    sure = np.nan_to_num(found.q, nan=1.0) <= spec.fdr
    return np.where(sure, np.sign(np.nan_to_num(found.estimate)), 0).astype(np.int8)


def _links(
    seen: Observed,
    found: Outcome,
    places: npt.NDArray[np.int64],
    where: tuple[str, str, str],
    spec: Spec,
) -> pa.Table:
    first, second = (side[places] for side in seen.pairs)
    names = ([seen.indicators[k] for k in first], [seen.indicators[k] for k in second])
    return link_rows(where, names, [_sign(found, spec), *found])


def _runs(
    left: Floats,
    places: npt.NDArray[np.int64],
    drawn: Floats,
    rng: np.random.Generator,
    spec: Spec,
) -> Iterator[tuple[float, float, int]]:
    """Shares found, and pairs tested, when the second indicator is of another country.

    In single precision, which is enough for a share of pairs and takes half the time.
    """
    left, drawn = left.astype(np.float32), drawn.astype(np.float32)
    for partner in derangements(len(left), spec.placebos, rng):
        pairs = sums(left, left[partner], places)
        few = np.any(too_few(pairs, spec.countries, spec.observations), axis=0)
        found = outcome(pairs.of(np.flatnonzero(~few)), drawn, intervals=False)
        yield _shares(_sign(found, spec))


def _shares(sign: npt.NDArray[np.int8]) -> tuple[float, float, int]:
    if not len(sign):
        return float("nan"), float("nan"), 0
    return float((sign > 0).mean()), float((sign < 0).mean()), len(sign)


def _placebo(
    found: Outcome,
    runs: list[tuple[float, float, int]],
    where: tuple[str, str, str],
    countries: int,
    spec: Spec,
) -> pa.Table:
    table = np.array(runs, float).reshape(-1, 3)
    pairs = float(table[:, 2].mean()) if len(table) else float("nan")
    chance = (table[:, 0], table[:, 1], pairs)
    return placebo_row(where, _shares(_sign(found, spec)), chance, countries)
