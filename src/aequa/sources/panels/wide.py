"""Wide layouts: a column per year (World Bank) or, beside a column of years, one per indicator."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.sources.panels.blocks import Block, Part
from aequa.sources.panels.grid import Grid, texts
from aequa.sources.panels.roles import plain, roles, year_in
from aequa.sources.panels.values import Column, Evidence, numbers

_UNIT = re.compile(r"\(([^()]+)\)\s*$")


def sniff(header: tuple[str, ...]) -> bool:
    """Whether a header names a country and years, or a country, a year and something else.

    >>> sniff(("Country Code", "1960", "1961")), sniff(("iso3", "year", "gdp")), sniff(("a", "b"))
    (True, True, False)
    """
    found = roles(header)
    if not {"code", "place"} & set(found):
        return False
    if any(year_in(name) for name in header):
        return True
    return "year" in found and bool(_measures(header))


def read(grid: Grid) -> Part:
    """The blocks of a grid: one per year or one per indicator."""
    if any(year_in(name) for name in grid.header):
        return _by_year(grid)
    return _by_indicator(grid)


def _by_year(grid: Grid) -> Part:
    found = roles(grid.header)
    which = found.get("indicator", found.get("title"))
    only = grid.sheet or Path(grid.file).name.split(".")[0] or "value"
    count = len(grid.rows)
    names = texts(grid.columns[which]) if which is not None else pa.repeat(pa.scalar(only), count)
    titles = texts(grid.columns[found["title"]]) if "title" in found else names
    blocks = [
        Block(name, grid.columns[place], names, year)
        for place, name in enumerate(grid.header)
        if (year := year_in(name))
    ]
    said = [] if which is not None else [f"one indicator, named {only!r} after its file or sheet"]
    pairs = dict(zip(names.to_pylist(), titles.to_pylist(), strict=True))
    return Part(grid, blocks, [_about(n, t) for n, t in pairs.items() if n], tuple(said))


def _by_indicator(grid: Grid) -> Part:
    blocks, rows, said = [], [], []
    for place in _measures(grid.header):
        name, column = grid.header[place], grid.columns[place]
        if not _is_numeric(column):
            said.append(f"column {name}: holds text, not read")
            continue
        blocks.append(Block(name, column, pa.repeat(pa.scalar(name), len(grid.rows))))
        rows.append(_about(name, name))
    return Part(grid, blocks, rows, tuple(said))


def _measures(header: tuple[str, ...]) -> list[int]:
    """Columns that may be indicators: named, each name once, and neither country nor year."""
    keys = {place for role, place in roles(header).items() if role in ("code", "place", "year")}
    names = [plain(name) for name in header]
    places = range(len(header))
    return [at for at in places if names[at] and at not in keys and at == names.index(names[at])]


def _is_numeric(column: Column) -> bool:
    """Whether at least half of what it holds is, or is meant to be, a number."""
    distinct = Column(column.text.unique().drop_null())
    read = numbers(distinct, Evidence())
    numeric = int(np.isfinite(read.values).sum()) + int(_digits(distinct.text, read.values))
    held = len(distinct.text) - int(read.missing.sum())
    typed = int(np.isfinite(column.number).sum()) if column.number is not None else 0
    return typed + numeric >= held / 2


def _digits(text: pa.Array, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
    like = pc.match_substring_regex(
        text, r"(?i)^([-+\d.,' %]*\d[-+\d.,' %]*|[-+]?(inf|infinity|∞))$"
    ).to_numpy(False)
    return int((np.asarray(like, bool) & np.isnan(values)).sum())


def _about(name: str, title: str | None) -> dict[str, object]:
    unit = _UNIT.search(title or "")
    return {"indicator": name, "name": title, "unit": unit[1] if unit else None}
