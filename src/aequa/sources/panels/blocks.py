"""The last steps all layouts share: rows to countries and years, cells to values, and the books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.errors import InputError
from aequa.sources.panels.grid import Grid, texts
from aequa.sources.panels.places import places
from aequa.sources.panels.roles import roles
from aequa.sources.panels.table import PLACED, CellReject, PanelRead, indicator_rows, settle
from aequa.sources.panels.values import Column, Evidence, evidence, numbers
from aequa.sources.panels.years import years


class Keys(NamedTuple):
    """What the rows of a grid are of; each reason is null where there is none."""

    country: pa.Array
    country_reason: pa.Array
    country_column: str
    year: npt.NDArray[np.int64]
    """0 where there is none."""
    year_reason: pa.Array
    year_column: str
    notes: tuple[str, ...]


class Block(NamedTuple):
    """Cells of one column of a grid: one per row."""

    column: str
    value: Column
    indicator: pa.Array
    year: int | None = None
    """The year of the whole column; None where rows have theirs."""
    nature: pa.Array | None = None


class Part(NamedTuple):
    """One grid as its layout understands it."""

    grid: Grid
    blocks: Sequence[Block]
    indicators: Sequence[dict[str, object]]
    """One mapping per indicator, with the names of ``INDICATORS``."""
    notes: tuple[str, ...] = ()


def keys(grid: Grid) -> Keys:
    """Countries and years of a grid's rows; a grid without years has year 0 and no reasons."""
    found = roles(grid.header)
    code, name = (texts(grid.columns[found[r]]) if r in found else None for r in ("code", "place"))
    country, reasons = places(code, name)
    column = grid.header[found.get("code", found.get("place", 0))]
    count = len(grid.rows)
    if "year" not in found:
        none = pa.nulls(count, pa.string())
        return Keys(country, reasons, column, np.zeros(count, np.int64), none, "", ())
    year, year_reasons, notes = years(texts(grid.columns[found["year"]]))
    header = grid.header[found["year"]]
    return Keys(country, reasons, column, year, year_reasons, header, notes)


def assemble(parts: Sequence[Part], file: str, notes: Sequence[str] = ()) -> PanelRead:
    """The panel of a file's parts.

    Raises:
        InputError: not a single cell could be used; the message says why the first was not.
    """
    shown = evidence(block.value for part in parts for block in part.blocks)
    cells: list[pa.Table] = []
    rejects: list[CellReject] = []
    said: list[str] = list(notes)
    missing = 0
    for part in parts:
        rejects += part.grid.rejects
        key = keys(part.grid)
        said += [*part.grid.notes, *part.notes, *key.notes]
        for block in part.blocks:
            table, refused, empty, decided = _cells(part.grid, key, block, shown)
            cells.append(table)
            rejects += refused
            missing += empty
            said += [f"column {block.column}: {note}" for note in decided]
    placed = pa.concat_tables(cells) if cells else PLACED.empty_table()
    _check_used(placed, rejects, said, file)
    described = _merged([row for part in parts for row in part.indicators])
    return settle(placed, described, file, rejects, missing, tuple(dict.fromkeys(said)))


def _check_used(placed: pa.Table, rejects: list[CellReject], said: list[str], file: str) -> None:
    if placed.num_rows == 0:
        first = [*map(str, rejects), *said, "all of its cells are empty"][0]
        raise InputError(f"{file}: holds no value that can be used; {first}")


def _cells(
    grid: Grid, key: Keys, block: Block, shown: Evidence
) -> tuple[pa.Table, list[CellReject], int, tuple[str, ...]]:
    read = numbers(block.value, shown)
    year = key.year if block.year is None else np.full(len(grid.rows), block.year)
    named = pc.fill_null(pc.not_equal(block.indicator, ""), False)
    nameless = pc.if_else(
        named, pa.scalar(None, pa.string()), "indicator: found nothing, expected its code"
    )
    reasons = [(key.country_column, key.country_reason), (block.column, nameless)]
    reasons += [(key.year_column, key.year_reason)] if block.year is None else []
    reasons += [(block.column, read.reasons)]
    there = ~read.missing
    rejects: list[CellReject] = []
    good = there
    for column, reason in reasons:
        bad = np.asarray(reason.is_valid()) & good
        rejects += _refused(grid, column, reason, bad)
        good = good & ~bad
    keep = pa.array(good)
    count = int(good.sum())
    nature = block.nature.filter(keep) if block.nature is not None else pa.nulls(count, pa.string())
    table = pa.Table.from_arrays(
        [
            key.country.filter(keep).cast(pa.string()),
            block.indicator.filter(keep).cast(pa.string()),
            pa.array(year[good], pa.int16()),
            pa.array(read.values[good]),
            nature,
            pa.array(grid.rows[good], pa.int64()),
            pa.repeat(pa.scalar(block.column), count),
            pa.repeat(pa.scalar(grid.sheet, pa.string()), count),
        ],
        schema=PLACED,
    )
    return table, rejects, int((~there).sum()), read.notes


def _refused(
    grid: Grid, column: str, reason: pa.Array, bad: npt.NDArray[np.bool_]
) -> list[CellReject]:
    if not bad.any():
        return []
    found = pa.table({"reason": reason.filter(pa.array(bad)), "row": grid.rows[bad]})
    counts = found.group_by("reason", use_threads=False).aggregate(
        [("row", "min"), ("row", "count")]
    )
    return [
        CellReject(grid.file, grid.sheet, row["row_min"], column, row["reason"], row["row_count"])
        for row in counts.to_pylist()
    ]


def _merged(rows: Sequence[dict[str, object]]) -> pa.Table:
    """One row per indicator: of several the first that says something counts, field by field."""
    found: dict[object, dict[str, object]] = {}
    for row in rows:
        before = found.setdefault(row["indicator"], {})
        for name, value in row.items():
            if before.get(name) is None:
                before[name] = value
    return indicator_rows(list(found.values()))
