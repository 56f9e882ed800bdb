"""The story of the links: two levels, two methods, each with its placebo and its exclusions."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from aequa.core.panel import Panel
from aequa.interlink.beyond import beyond, prepared
from aequa.interlink.classical import classical
from aequa.interlink.conservative import Floats, shocks
from aequa.interlink.exclusions import Excluded
from aequa.interlink.observed import Observed, grouped, observed
from aequa.interlink.spec import Spec
from aequa.interlink.tables import LINKS, PLACEBO, excluded_rows


@dataclass(frozen=True)
class Linked:
    """What was found, what chance finds, and what was not used."""

    links: pa.Table
    """Of the schema ``tables.LINKS``."""
    placebo: pa.Table
    """Of the schema ``tables.PLACEBO``."""
    excluded: pa.Table
    """Of the schema ``tables.EXCLUDED``."""
    levels: dict[str, tuple[Observed, Floats]]
    """Of each level the values, higher better, and the shocks of the conservative method
    (countries, indicators, years − 1), which direct links and direction go on from."""


def links(panel: Panel, goals: Panel, spec: Spec) -> Linked:
    """Links between indicators of ``panel`` and between the goal scores of ``goals``.

    Where ``goals`` has no cells, only the indicators are linked, and the exclusions say so. Raises
    ``InputError`` for fewer than three countries, two indicators or ``spec.years`` years, and for
    infinite values.
    """
    tables: list[list[pa.Table]] = [[], []]
    excluded: list[Excluded] = []
    levels = {}
    for level, source in (("indicator", panel), ("goal", goals)):
        if level == "goal" and not source.cells.num_rows:
            excluded.append(Excluded(level, "both", "all", None, None, "no goal scores (panel)", 1))
            continue
        seen, rows = observed(source, level, spec.years)
        ready, masked = prepared(seen, spec)
        groups = grouped(seen.countries, spec.groupings)
        levels[level] = seen, shocks(ready.scores, ready.usable)
        for part in (classical(seen, groups, spec), beyond(seen, ready, groups, spec)):
            tables[0] += part[0]
            tables[1] += part[1]
            rows += part[2]
        excluded += rows + masked
    found = [
        pa.concat_tables([schema.empty_table(), *parts])
        for schema, parts in zip((LINKS, PLACEBO), tables, strict=True)
    ]
    return Linked(found[0], found[1], excluded_rows(excluded), levels)
