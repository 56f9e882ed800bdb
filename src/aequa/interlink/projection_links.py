"""Local projections as tables: responses, links, the cascade and who gives and takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from aequa.interlink import centrality as central
from aequa.interlink.cascade import cascade, verdict
from aequa.interlink.direct_links import centrality_table
from aequa.interlink.direction_input import Series
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.direction_tables import (
    CASCADE,
    EXCLUDED,
    LINKS,
    RESPONSES,
    names_at,
    signs,
    table,
)
from aequa.interlink.granger_links import calibration
from aequa.interlink.projections import Responses, interval, one_horizon, projections, wider
from aequa.interlink.significance import benjamini_hochberg

Array = NDArray[np.float64]
DRAWS = 10
"""Placebo draws: they show the rate of false links, and set no p-value."""


class Follows(NamedTuple):
    """Tables of the schemas of the same names."""

    links: pa.Table
    responses: pa.Table
    cascade: pa.Table
    centrality: pa.Table
    calibration: pa.Table
    excluded: pa.Table


def made(data: Series, spec: DirectionSpec) -> Follows:
    """All ordered pairs; a link is the mean response over the years after the improvement."""
    fit = projections(data.levels, spec.horizons, spec.lags, spec.min_countries)
    low, high, p = interval(fit.slope, wider(fit), fit.years, spec.level)
    source, target = np.nonzero(~np.eye(len(data.variables), dtype=bool))
    ends = {
        "source": names_at(data.variables, source),
        "target": names_at(data.variables, target),
    }
    about = {"level": data.level, "group": data.group}
    lead = (-1, source, target)
    q = benjamini_hochberg(p[lead])
    links = {
        **about,
        "method": "projection",
        **ends,
        "sign": signs(fit.slope[lead]),
        "estimate": fit.slope[lead],
        "low": low[lead],
        "high": high[lead],
        "p": p[lead],
        "q": q,
        "observations": fit.observations[lead],
        "countries": fit.countries[lead],
        "holds": q <= spec.fdr,
    }
    textbook = interval(fit.slope, fit.driscoll_kraay, fit.years, spec.level)[2][lead]
    shams = _placebos(data, spec)[:, source, target]
    return Follows(
        table(LINKS, links, len(source)),
        _responses(fit, low, high, p, data),
        _cascade(fit, data, spec),
        _centrality(fit, data, spec),
        calibration("projection", data, spec, textbook, shams, q),
        _excluded(np.isnan(fit.slope[:, source, target]), data, spec),
    )


def _placebos(data: Series, spec: DirectionSpec) -> Array:
    """Driscoll–Kraay p of the mean response with sources from other countries."""
    rng = np.random.default_rng(spec.seed)
    size = len(data.countries)
    out = []
    for _ in range(DRAWS):
        ring = rng.permutation(size)
        order = np.empty(size, np.int64)
        order[ring] = np.roll(ring, 1)
        shape = (None, spec.horizons, spec.lags, spec.min_countries)
        fit = one_horizon(data.levels, *shape, order)
        out.append(interval(fit.slope, fit.driscoll_kraay, fit.years, spec.level)[2])
    return np.stack(out)


def _responses(fit: Responses, low: Array, high: Array, p: Array, data: Series) -> pa.Table:
    """Rows by horizon, source and target; a goal's response to itself is there too."""
    slopes = fit.slope[:-1]
    horizon, source, target = (place.ravel() for place in np.indices(slopes.shape))
    columns = {
        "level": data.level,
        "group": data.group,
        "source": names_at(data.variables, source),
        "target": names_at(data.variables, target),
        "horizon": horizon,
        "response": slopes.ravel(),
        "low": low[:-1].ravel(),
        "high": high[:-1].ravel(),
        "p": p[:-1].ravel(),
        "observations": fit.observations[:-1].ravel(),
        "countries": fit.countries[:-1].ravel(),
    }
    return table(RESPONSES, columns, slopes.size)


def _cascade(fit: Responses, data: Series, spec: DirectionSpec) -> pa.Table:
    found = cascade(fit, spec.level)
    horizon, source = (place.ravel() for place in np.indices(found.total.shape))
    goals = len(data.variables)
    said = [
        verdict(int(low), int(high), goals, int(missing))
        for low, high, missing in zip(
            found.rank_low.ravel(), found.rank_high.ravel(), found.missing.ravel(), strict=True
        )
    ]
    unranked = found.rank_low.ravel() == 0
    columns = {
        "level": data.level,
        "group": data.group,
        "source": names_at(data.variables, source),
        "horizon": horizon,
        "response": found.total.ravel(),
        "low": found.low.ravel(),
        "high": found.high.ravel(),
        "rank_low": np.where(unranked, np.nan, found.rank_low.ravel()),
        "rank_high": np.where(unranked, np.nan, found.rank_high.ravel()),
        "ranked": [ranked for ranked, _ in said],
        "note": [note for _, note in said],
    }
    return table(CASCADE, columns, len(source))


def _centrality(fit: Responses, data: Series, spec: DirectionSpec) -> pa.Table:
    known = np.isfinite(fit.slope[-1]) & ~np.eye(len(data.variables), dtype=bool)
    weights = np.where(known, fit.slope[-1], 0.0)
    shares = np.where(known[..., None], fit.by_country[-1], 0.0)
    draws = central.score_draws(weights, shares, spec.bootstraps, spec.seed)
    return centrality_table(central.directed(weights, draws, spec.level), data.variables, data)


def _excluded(missing: NDArray[np.bool_], data: Series, spec: DirectionSpec) -> pa.Table:
    """Pairs without a response, per horizon; the mean over the years after is named so."""
    count = missing.sum(1)
    some = np.flatnonzero(count)
    names = [f"horizon {k}" for k in range(spec.horizons + 1)] + ["mean of the years after"]
    columns = {
        "level": data.level,
        "group": data.group,
        "method": "projection",
        "variable": names_at(names, some),
        "reason": f"pairs with fewer than {spec.min_countries} countries, or too few years",
        "count": count[some],
        "of": missing.shape[1],
    }
    return table(EXCLUDED, columns, len(some))
