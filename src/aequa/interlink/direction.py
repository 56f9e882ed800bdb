"""From goal scores to direct and directed links, the cascade and centrality."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from aequa.core.errors import InputError
from aequa.interlink import direct_links, granger_links, projection_links
from aequa.interlink.direction_input import Series
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.direction_tables import EXCLUDED, names_at, table


class Directed(NamedTuple):
    """Tables of the schemas in ``direction_tables``."""

    links: pa.Table
    responses: pa.Table
    centrality: pa.Table
    cascade: pa.Table
    stability: pa.Table
    calibration: pa.Table
    excluded: pa.Table


def direction(data: Series, spec: DirectionSpec) -> Directed:
    """All tables of one level and group.

    Raises InputError where there are fewer countries than ``spec.min_countries``; pairs of too few
    countries or years have nulls for numbers and are counted in ``excluded``.
    """
    if len(data.countries) < spec.min_countries:
        found = f"found {len(data.countries)}"
        raise InputError(
            f"countries of {data.group}: {found}, expected {spec.min_countries} or more"
        )
    direct = direct_links.made(data, spec)
    ahead = granger_links.made(data, spec)
    follows = projection_links.made(data, spec)
    return Directed(
        pa.concat_tables([direct.links, ahead.links, follows.links]),
        follows.responses,
        pa.concat_tables([direct.centrality, follows.centrality]),
        follows.cascade,
        direct.stability,
        pa.concat_tables([ahead.calibration, follows.calibration]),
        pa.concat_tables([_still(data), direct.excluded, ahead.excluded, follows.excluded]),
    )


def _still(data: Series) -> pa.Table:
    """Series that never change, by variable."""
    some = np.flatnonzero(data.still)
    columns = {
        "level": data.level,
        "group": data.group,
        "method": "all",
        "variable": names_at(data.variables, some),
        "reason": "countries where it never changes",
        "count": data.still[some],
        "of": len(data.countries),
    }
    return table(EXCLUDED, columns, len(some))
