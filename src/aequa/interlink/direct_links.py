"""Direct links as tables: partial correlations, their stability, and centrality among them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from aequa.interlink import centrality as central
from aequa.interlink.direct import (
    bootstrapped,
    correlations,
    country_moments,
    edges_allowed,
    nearest_correlation,
    partial,
    selection,
)
from aequa.interlink.direction_input import Series
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.direction_tables import (
    CENTRALITY,
    EXCLUDED,
    LINKS,
    STABILITY,
    names_at,
    signs,
    table,
)
from aequa.interlink.significance import benjamini_hochberg

Array = NDArray[np.float64]


class Direct(NamedTuple):
    """Tables of the schemas of the same names."""

    links: pa.Table
    stability: pa.Table
    centrality: pa.Table
    excluded: pa.Table


def made(data: Series, spec: DirectionSpec) -> Direct:
    """All pairs once, source before target by name; a link holds if stable and q is low enough.

    A series of fewer countries with any change than ``min_countries`` takes no part.
    """
    moving = _moving(data.residuals)
    used = np.flatnonzero(moving >= spec.min_countries)
    names = [data.variables[i] for i in used]
    about = {"level": data.level, "group": data.group}
    left = np.flatnonzero(moving < spec.min_countries)
    excluded = {
        "variable": names_at(data.variables, left),
        "reason": f"a series that changes in fewer than {spec.min_countries} countries",
        "count": len(data.countries) - moving[left],
        "of": len(data.countries),
    }
    if len(used) < 2:
        links, stability, middle = (s.empty_table() for s in (LINKS, STABILITY, CENTRALITY))
        gone = table(EXCLUDED, {**about, "method": "direct", **excluded}, len(left))
        return Direct(links, stability, middle, gone)
    moments = country_moments(data.residuals[:, used])
    whole = np.ones((1, len(data.countries)))
    weights = partial(nearest_correlation(correlations(moments, whole)[0]))
    draws = bootstrapped(moments, spec.bootstraps, spec.seed)
    allowed = edges_allowed(len(used), spec.threshold, spec.false_edges)
    chosen, unsettled = selection(moments, allowed, spec.half_samples, spec.seed)
    first, second = np.triu_indices(len(used), 1)
    ends = {"source": names_at(names, first), "target": names_at(names, second)}
    stable = chosen[first, second] >= spec.threshold
    tested = _tested(weights[first, second], draws[:, first, second], spec.level)
    holds = stable & (tested["q"] <= spec.fdr)
    together = moments.number[:, first, second]
    counts = {"observations": together.sum(0), "countries": (together > 0).sum(0)}
    links = {**about, "method": "direct", **ends, **tested, **counts, "holds": holds}
    bound = allowed**2 / ((2 * spec.threshold - 1) * len(first))
    stability = {"selection": chosen[first, second], "threshold": spec.threshold, "stable": stable}
    held = np.zeros_like(weights, dtype=bool)
    held[first[holds], second[holds]] = held[second[holds], first[holds]] = True
    middle = central.undirected(weights, draws, held, spec.level)
    return Direct(
        table(LINKS, links, len(first)),
        table(STABILITY, {**about, **ends, **stability, "false_edges": bound}, len(first)),
        centrality_table(middle, names, data),
        _excluded(about, excluded, len(left), unsettled, spec),
    )


def _moving(residuals: Array) -> NDArray[np.int64]:
    """In how many countries each series changes at all."""
    known = np.isfinite(residuals)
    return np.asarray((np.where(known, np.abs(residuals), 0) > 1e-12).any(-1).sum(0))


def _tested(estimate: Array, draws: Array, level: float) -> dict[str, Array | pa.Array]:
    """Percentile intervals, and p from estimate over bootstrap error."""
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    spread = draws.std(0, ddof=1)
    p = 2 * stats.norm.sf(np.abs(estimate) / np.where(spread > 0, spread, np.nan))
    q = benjamini_hochberg(p)
    out = {"estimate": estimate, "low": low, "high": high, "p": p, "q": q}
    return {"sign": signs(estimate), **out}


def _excluded(
    about: dict[str, str], series: dict[str, object], left: int, unsettled: int, spec: DirectionSpec
) -> pa.Table:
    method = {**about, "method": "direct"}
    lasso = {
        "variable": None,
        "reason": "half-samples where the lasso did not settle at some penalty, taken as too weak",
        "count": unsettled,
        "of": spec.half_samples,
    }
    rows = [table(EXCLUDED, {**method, **series}, left)]
    rows += [table(EXCLUDED, {**method, **lasso}, 1)] if unsettled else []
    return pa.concat_tables(rows)


def centrality_table(
    measures: list[central.Centrality], names: list[str] | tuple[str, ...], data: Series
) -> pa.Table:
    """Rows of ``CENTRALITY``, measure by measure."""
    return pa.concat_tables(
        [
            table(
                CENTRALITY,
                {
                    "level": data.level,
                    "group": data.group,
                    "goal": pa.array(names, pa.string()),
                    **each._asdict(),
                },
                len(names),
            )
            for each in measures
        ]
    )
