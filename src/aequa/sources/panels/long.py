"""The long layout: one row per observation, also the form our own panels have on disk."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.panel import INDICATORS, NATURES
from aequa.sources.panels.blocks import Block, Part
from aequa.sources.panels.grid import Grid, texts
from aequa.sources.panels.roles import roles
from aequa.sources.panels.values import NOTHING, Evidence, numbers

NATURE_CODES = {
    "c": "country",
    "ca": "adjusted",
    "e": "estimated",
    "g": "estimated",
    "m": "modelled",
    "n": None,
    "na": None,
} | {nature: nature for nature in NATURES}
"""Natures of the UN's database and ours. ``G`` (global monitoring: made by the agency from country
data, with no figure of the country's own) counts as estimated; ``N`` and ``NA`` as unknown."""

_ROLE_OF = {"name": "title"}
_TEXTS = ("name", "unit", "family", "source", "licence", "vintage")


def sniff(header: tuple[str, ...]) -> bool:
    """Whether a header names a country, an indicator, a year and a value.

    >>> sniff(("country", "indicator", "year", "value")), sniff(("country", "year", "gdp"))
    (True, False)
    """
    found = set(roles(header))
    is_of = {"code", "place"} & found and {"indicator", "title"} & found
    return bool(is_of) and {"year", "value"} <= found


def read(grid: Grid) -> Part:
    """The one block of a grid, and what it says of its indicators."""
    found = roles(grid.header)
    which = found["indicator"] if "indicator" in found else found["title"]
    indicator = _stripped(texts(grid.columns[which]))
    nature, said = natures(grid, found)
    value = grid.columns[found["value"]]
    rows, more = about(grid, indicator, found)
    block = Block(grid.header[found["value"]], value, indicator, None, nature)
    return Part(grid, [block], rows, (*said, *more))


def _stripped(column: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(column)


def natures(grid: Grid, found: dict[str, int]) -> tuple[pa.Array | None, tuple[str, ...]]:
    """The nature of each row, and a note on the ones that are not known."""
    if "nature" not in found:
        return None, ()
    encoded = texts(grid.columns[found["nature"]]).fill_null("").dictionary_encode()
    shown = [text.strip().casefold() for text in encoded.dictionary.to_pylist()]
    odd = [text for text in shown if text not in NATURE_CODES and text not in NOTHING]
    known = pa.array([NATURE_CODES.get(text) for text in shown], pa.string())
    notes = (f"natures not known, left empty: {', '.join(odd[:5])}",) if odd else ()
    return known.take(encoded.indices), notes


def about(
    grid: Grid, indicator: pa.Array, found: dict[str, int]
) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """One mapping per indicator: the first value of each field; notes where others differ."""
    columns = {"indicator": indicator}
    for name in INDICATORS.names[1:]:
        role = _ROLE_OF.get(name, name)
        if role in found:
            columns[name] = _field(grid, found[role], name)
    table = pa.table(columns).filter(pc.fill_null(pc.not_equal(indicator, ""), False))
    names = [name for name in columns if name != "indicator"]
    wanted = [(name, how) for name in names for how in ("min", "count_distinct")]
    grouped = table.group_by("indicator", use_threads=False).aggregate(
        [(n, "first" if how == "min" else how) for n, how in wanted]
    )
    notes = [
        f"{row['indicator']}: {name} differs between rows, the first value counts"
        for row in grouped.to_pylist()
        for name in names
        if row[f"{name}_count_distinct"] > 1
    ]
    rows = [
        {"indicator": row["indicator"], **{name: row[f"{name}_first"] for name in names}}
        for row in grouped.to_pylist()
    ]
    return rows, tuple(notes)


def _field(grid: Grid, place: int, name: str) -> pa.Array:
    if name in _TEXTS:
        return texts(grid.columns[place])
    column = grid.columns[place]
    if name == "goal":
        first = pc.extract_regex(texts(column).fill_null(""), r"^\s*(?P<goal>\d{1,2})(?:\D|$)")
        goals = pc.struct_field(first, "goal").cast(pa.int8())
        return pc.if_else(pc.is_in(goals, pa.array(range(1, 18), pa.int8())), goals, None)
    values = numbers(column, Evidence()).values
    if name == "direction":
        known = np.isin(values, (-1, 1))
        return pa.array(np.where(known, values, 0).astype(np.int8), mask=~known)
    return pa.array(values, from_pandas=True)
