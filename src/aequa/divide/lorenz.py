"""Lorenz curves with intervals over countries."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from aequa.core.inequality import lorenz_at
from aequa.divide.gap_spec import GapSpec
from aequa.divide.inequality import People, country_draws

LORENZ = pa.schema(
    [
        pa.field("subject", pa.string()),
        pa.field("x", pa.float64()),
        pa.field("y", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
    ]
)
"""x: share of the people, those of the least served countries first; y: what they hold."""

STEPS = 50


def curve(subject: str, group: People, spec: GapSpec) -> pa.Table:
    """The curve at 51 evenly spaced shares of the people; no rows where the total is 0.

    Points between countries lie on the line that joins them: everyone in a country has its mean.
    low and high are pointwise percentile intervals of a bootstrap over countries.
    """
    if not group.totals.sum() > 0:
        return LORENZ.empty_table()
    x = np.linspace(0, 1, STEPS + 1)
    y = lorenz_at(x, group.values, group.population)
    low = high = np.full(len(x), np.nan)
    n = len(group.countries)
    if n > 1:
        samples = lorenz_at(x, group.values, country_draws(n, spec) * group.population)
        tails = [(1 - spec.level) / 2, (1 + spec.level) / 2]
        low, high = np.nanquantile(samples, tails, axis=0)
    columns = [pa.array([subject] * len(x)), x, y]
    bounds = [pa.array(bound, pa.float64(), from_pandas=True) for bound in (low, high)]
    return pa.table([*columns, *bounds], schema=LORENZ)
