"""What could not be scored, by name, reason and count."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.errors import InputError
from aequa.core.panel import Cube
from aequa.scores.aggregate import Flags, Floats, Places
from aequa.scores.bounds import Bounds
from aequa.scores.spec import Spec
from aequa.scores.tables import EXCLUSIONS


def in_order(indicators: pa.Table, names: tuple[str, ...]) -> pa.Table:
    """The rows that describe the indicators ``names``, in that order.

    Raises ``InputError`` when one has no row.
    """
    places = pc.index_in(pa.array(names, pa.string()), indicators["indicator"].combine_chunks())
    if places.null_count:
        lost = names[places.is_null().to_pylist().index(True)]
        raise InputError(f"panel: indicator {lost!r} has values but no description")
    return indicators.take(places)


def exclusions(
    cube: Cube, bounds: Bounds, goals: Places, counts: Flags, index: Floats, spec: Spec
) -> pa.Table:
    """The rows of ``EXCLUSIONS``.

    ``goals`` (scored indicators,); ``counts`` and ``index`` (countries, years).
    """
    seen = (~np.isnan(cube.values)).sum(axis=(0, 2))
    names = np.array(cube.indicators, object)
    rows = [
        ("indicator", name, reason, int(cells))
        for name, reason, cells in zip(names, bounds.reasons, seen, strict=True)
        if reason
    ]
    scored = zip(names[bounds.usable], seen[bounds.usable], goals, strict=True)
    rows += [("goal", name, "has no goal", int(cells)) for name, cells, goal in scored if not goal]
    rows += _countries(cube, counts, index, spec)
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    arrays = [
        pa.array(column, field.type) for column, field in zip(columns, EXCLUSIONS, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=EXCLUSIONS)


def _countries(
    cube: Cube, counts: Flags, index: Floats, spec: Spec
) -> list[tuple[str, str, str, int]]:
    few = (~counts).sum(axis=1)
    alone = (counts & np.isnan(index)).sum(axis=1)
    sparse = f"fewer than {spec.least_coverage:.0%} of the indicators have a value"
    rows = [
        ("country", name, reason, int(years))
        for reason, found in ((sparse, few), ("a goal is missing in the whole group", alone))
        for name, years in zip(cube.countries, found, strict=True)
        if years
    ]
    return sorted(rows)
