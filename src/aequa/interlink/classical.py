"""The classical method with its placebo: rank correlations within countries, by threshold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import t as student

from aequa.interlink.across import across
from aequa.interlink.associate import ROUNDING, Correlations, Floats, within
from aequa.interlink.exclusions import Excluded, listed
from aequa.interlink.observed import LEAST, Group, Observed
from aequa.interlink.placebo import shares
from aequa.interlink.spec import Spec
from aequa.interlink.tables import link_rows, placebo_row

METHOD = "classical"


def classical(
    seen: Observed, groups: list[Group], spec: Spec
) -> tuple[list[pa.Table], list[pa.Table], list[Excluded]]:
    """Links, placebo and exclusions of every group with at least three countries.

    Of a pair ``estimate`` is the mean of the countries' ρ, ``low`` and ``high`` its 95 % interval
    by Student's t over countries, ``sign`` by Pradhan's threshold; the method has no p. The shares
    in the placebo table count each country's ρ by the threshold, as Pradhan et al. (2017) do.
    """
    own = within(seen.values, spec.years)
    counts = across(seen.values, spec.years, spec.threshold)
    links, placebos, excluded = [], [], []
    for number, group in enumerate(groups):
        where = (seen.level, METHOD, group.name)
        size = len(group.members)
        if size < LEAST:
            reason = "fewer than three countries (countries)"
            excluded.append(Excluded(*where, None, None, reason, size))
            continue
        table, left_out = _links(seen, own, group, spec)
        links.append(table)
        excluded += left_out
        rng = np.random.default_rng([spec.seed, number])
        found = shares(counts, group.members, spec.permutations, rng)
        placebos.append(placebo_row(where, found[:3], found[3:], size))
    return links, placebos, excluded


def _links(
    seen: Observed, own: Correlations, group: Group, spec: Spec
) -> tuple[pa.Table, list[Excluded]]:
    first, second = seen.pairs
    rho = own.rho[group.members][:, first, second]
    years = own.years[group.members][:, first, second]
    known = ~np.isnan(rho)
    countries = known.sum(0)
    estimate, half = _mean(rho, countries)
    limit = spec.threshold + ROUNDING
    sign = (estimate > limit).astype(np.int8) - (estimate < -limit).astype(np.int8)
    kept = countries > 0
    low, high = np.maximum(estimate - half, -1), np.minimum(estimate + half, 1)
    none = np.full(len(sign), np.nan)
    observations = np.where(known, years, 0).sum(0)
    columns = (sign, estimate, low, high, none, none, observations, countries)
    names = ([seen.indicators[k] for k in side[kept]] for side in (first, second))
    where = (seen.level, METHOD, group.name)
    table = link_rows(where, (next(names), next(names)), [column[kept] for column in columns])
    return table, _left_out(seen, where, years, known, spec)


def _mean(rho: Floats, countries: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Mean over countries and half the width of its 95 % interval; NaN where too few."""
    known = np.nan_to_num(rho)
    mean = np.divide(
        known.sum(0), countries, out=np.full(len(countries), np.nan), where=countries > 0
    )
    squares = (np.where(np.isnan(rho), 0, rho - mean) ** 2).sum(0)
    free = np.maximum(countries - 1, 1)
    half = student.ppf(0.975, free) * np.sqrt(squares / free / np.maximum(countries, 1))
    return mean, np.where(countries > 1, half, np.nan)


def _left_out(
    seen: Observed,
    where: tuple[str, str, str],
    years: npt.NDArray[np.int64],
    known: npt.NDArray[np.bool_],
    spec: Spec,
) -> list[Excluded]:
    """Pairs without any country, and combinations without a correlation."""
    first, second = seen.pairs
    names = [(seen.indicators[i], seen.indicators[j]) for i, j in zip(first, second, strict=True)]
    reason = f"no country has a correlation over {spec.years} shared years"
    rows = list(listed(where, names, [(reason, np.asarray(~known.any(0)))], years.sum(0)))
    short = int((years < spec.years).sum())
    constant = int(((years >= spec.years) & ~known).sum())
    few = f"fewer than {spec.years} shared years (country × pair combinations)"
    rows.append(Excluded(*where, None, None, few, short))
    same = "constant over the shared years (country × pair combinations)"
    rows.append(Excluded(*where, None, None, same, constant))
    return rows
