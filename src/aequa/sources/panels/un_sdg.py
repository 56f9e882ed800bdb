"""The layout of the UN SDG Global Database: a series, an area by its M49 code, and disaggregation.

Each combination of a series' disaggregations (sex, age, place …) is an indicator of its own,
``SERIES#FEMALE|15-24``, of the family ``SERIES``; where a series comes in several units, the unit
is part of the combination.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from aequa.sources.panels import long
from aequa.sources.panels.blocks import Block, Part
from aequa.sources.panels.grid import Grid, texts
from aequa.sources.panels.roles import plain, roles


@cache
def _about_columns() -> frozenset[str]:
    """Columns of the database that do not split a series."""
    text = files("aequa.sources.panels").joinpath("un_sdg_columns.tsv").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def sniff(header: tuple[str, ...]) -> bool:
    """Whether a header is the database's.

    >>> sniff(("SeriesCode", "GeoAreaCode", "TimePeriod", "Value", "[Sex]")), sniff(("iso", "year"))
    (True, False)
    """
    names = {plain(name) for name in header}
    return {"seriescode", "timeperiod", "value"} <= names and bool(
        names & {"geoareacode", "geoareaname"}
    )


def read(grid: Grid) -> Part:
    """The one block of a grid: an indicator per series and combination."""
    found = roles(grid.header)
    found["indicator"] = [plain(name) for name in grid.header].index("seriescode")
    series = pc.utf8_trim_whitespace(texts(grid.columns[found["indicator"]]))
    splits = [
        at for at, name in enumerate(grid.header) if plain(name) not in _about_columns() and name
    ]
    parts = [pc.utf8_trim_whitespace(texts(grid.columns[at]).fill_null("")) for at in splits]
    if (units := _units(grid, series, found)) is not None:
        parts.append(units)
    indicator = _named(series, parts)
    nature, said = long.natures(grid, found)
    rows, more = long.about(grid, indicator, found)
    families = dict(zip(indicator.to_pylist(), series.to_pylist(), strict=True))
    described = [_about(row, families) for row in rows]
    value = grid.columns[found["value"]]
    block = Block(grid.header[found["value"]], value, indicator, None, nature)
    return Part(grid, [block], described, (*said, *more))


def _about(row: dict[str, object], families: Mapping[object, str]) -> dict[str, object]:
    name, split = str(row["indicator"]), str(row["indicator"]).partition("#")[2]
    title = (
        f"{row['name']} ({split.replace('|', ', ')})"
        if split and row.get("name")
        else row.get("name")
    )
    return {**row, "name": title, "family": families[name], "source": "UN SDG Global Database"}


def _units(grid: Grid, series: pa.Array, found: dict[str, int]) -> pa.Array | None:
    """The unit of rows whose series comes in several; empty for the others."""
    if "unit" not in found:
        return None
    units = pc.utf8_trim_whitespace(texts(grid.columns[found["unit"]]).fill_null(""))
    pairs = pa.table({"series": series, "unit": units}).group_by(["series", "unit"]).aggregate([])
    counts = pairs.group_by("series").aggregate([("unit", "count")])
    several = counts.filter(pc.greater(counts["unit_count"], 1))["series"]
    return pc.if_else(pc.is_in(series, several.combine_chunks()), units, "")


def _named(series: pa.Array, parts: list[pa.Array]) -> pa.Array:
    """Series and what is not empty of its parts."""
    split = pa.repeat(pa.scalar(""), len(series))
    for part in parts:
        bar = pc.if_else(pc.or_(pc.equal(split, ""), pc.equal(part, "")), "", "|")
        split = pc.binary_join_element_wise(split, bar, part, "")
    mark = pc.if_else(pc.equal(split, ""), "", "#")
    return pc.binary_join_element_wise(series, mark, split, "")
