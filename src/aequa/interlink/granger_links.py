"""Granger's test as tables: calibrated links, and what the textbook test would have found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from aequa.interlink.direction_input import Series
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.direction_tables import (
    CALIBRATION,
    EXCLUDED,
    LINKS,
    Array,
    discoveries,
    names_at,
    signs,
    table,
)
from aequa.interlink.granger import calibrated, granger, null, sides, standardised
from aequa.interlink.significance import benjamini_hochberg


class Ahead(NamedTuple):
    """Tables of the schemas of the same names."""

    links: pa.Table
    calibration: pa.Table
    excluded: pa.Table


def made(data: Series, spec: DirectionSpec) -> Ahead:
    """All ordered pairs on yearly changes; a link holds if its calibrated q is low enough.

    ``estimate`` is the mean over countries of the summed coefficients of the source's lags, in
    standard deviations of the two series, with the mean group's interval.
    """
    both = sides(data.residuals, spec.lags)
    found = granger(both, spec.lags)
    few = found.countries < spec.min_countries
    placebo = null(both, spec.lags, spec.permutations, spec.seed)
    target, source = np.nonzero(~np.eye(len(few), dtype=bool))
    z = np.where(few, np.nan, found.z)[target, source]
    shams = placebo[:, target, source]
    shams[:, np.isnan(z)] = np.nan
    p = calibrated(z, shams)
    q = benjamini_hochberg(p)
    slope, error = (
        np.where(np.isnan(z), np.nan, each[target, source]) for each in (found.slope, found.error)
    )
    half = stats.t.ppf((1 + spec.level) / 2, np.maximum(found.countries[target, source] - 1, 1))
    links = {
        "level": data.level,
        "method": "granger",
        "group": data.group,
        "source": names_at(data.variables, source),
        "target": names_at(data.variables, target),
        "sign": signs(slope),
        "estimate": slope,
        "low": slope - half * error,
        "high": slope + half * error,
        "p": p,
        "q": q,
        "observations": found.observations[target, source],
        "countries": found.countries[target, source],
        "holds": q <= spec.fdr,
    }
    return Ahead(
        table(LINKS, links, len(z)),
        calibration("granger", data, spec, stats.norm.sf(z), stats.norm.sf(shams), q),
        _excluded(data, spec, few[target, source]),
    )


def calibration(
    method: str, data: Series, spec: DirectionSpec, p: Array, shams: Array, q: Array
) -> pa.Table:
    """One row of ``CALIBRATION``: textbook ``p`` (tests,), placebos' (draws, tests), final q."""
    among = discoveries(shams, spec.fdr)
    tail = (1 - spec.level) / 2
    low, high = np.quantile(among, [tail, 1 - tail])
    row = {
        "level": data.level,
        "group": data.group,
        "method": method,
        "tested": int(np.isfinite(p).sum()),
        "naive": int(discoveries(p, spec.fdr)),
        "placebo": float(among.mean()),
        "placebo_low": float(low),
        "placebo_high": float(high),
        "calibrated": int((q <= spec.fdr).sum()),
    }
    return table(CALIBRATION, row, 1)


def _excluded(data: Series, spec: DirectionSpec, few: NDArray[np.bool_]) -> pa.Table:
    """Series of a country that never change or are too short, by variable; pairs of too few."""
    usable = np.isfinite(standardised(data.residuals)).sum(-1) >= 3 * spec.lags + 6
    count = (~usable).sum(0)
    some = np.flatnonzero(count)
    about = {"level": data.level, "group": data.group, "method": "granger"}
    series = {
        "variable": names_at(data.variables, some),
        "reason": f"countries with under {3 * spec.lags + 6} changes",
        "count": count[some],
        "of": len(data.countries),
    }
    pairs = {
        "variable": None,
        "reason": f"pairs with fewer than {spec.min_countries} countries",
        "count": int(few.sum()),
        "of": len(few),
    }
    rows = [table(EXCLUDED, {**about, **series}, len(some))]
    rows += [table(EXCLUDED, {**about, **pairs}, 1)] if few.any() else []
    return pa.concat_tables(rows)
