"""The stored results of one run, read back from ``DIR/tables``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from aequa.core.errors import InputError
from aequa.core.results import Table, read_parquet
from aequa.report.formats import known

Row = dict[str, Any]
Index = Mapping[tuple[object, ...], tuple[Row, ...]]
LARGE = frozenset({"works"})
"""Tables with a row per work: written out as CSV, never held as rows."""


@dataclass(frozen=True)
class Stored:
    """Tables by name, and the rows of all but the large ones."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    lines: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    _found: dict[tuple[str, ...], Index] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Rows by the columns that were asked for before: a page asks thousands of times."""

    def rows(self, name: str, **where: object) -> tuple[Row, ...]:
        """Rows of a table that equal ``where`` in every named column; none if it is missing.

        A column that the table lacks equals nothing but None.
        """
        if not where:
            return tuple(self.lines.get(name, ()))
        asked = (name, *where)
        index = self._found.get(asked)
        if index is None:
            index = self._found[asked] = _indexed(self.lines.get(name, ()), tuple(where))
        return index.get(tuple(where.values()), ())

    def row(self, name: str, **where: object) -> Row:
        """The first such row, or an empty one, whose every cell is then missing."""
        return next(iter(self.rows(name, **where)), {})

    def empty(self) -> list[str]:
        """Names of the tables that are there but have no row."""
        return sorted(name for name, table in self.tables.items() if table.data.num_rows == 0)


def _indexed(rows: Iterable[Row], columns: tuple[str, ...]) -> Index:
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        cells = tuple(row.get(column) for column in columns)
        found.setdefault(tuple(map(_plainest, cells)), []).append(row)
    return {cells: tuple(held) for cells, held in found.items()}


def _plainest(cell: object) -> object:
    """What a cell is looked up by; lists, by which nothing is asked, as their text."""
    return str(cell) if isinstance(cell, list | dict) else cell


def load(directory: Path) -> Stored:
    """Read every ``*.parquet`` of ``directory``, in the order of their names.

    Raises InputError for a file that ``core.results.write_parquet`` did not write.
    """
    tables = {path.stem: _read(path) for path in sorted(directory.glob("*.parquet"))}
    lines = {
        name: tuple(_plain(row) for row in table.data.to_pylist())
        for name, table in tables.items()
        if name not in LARGE
    }
    return Stored(tables, lines)


def _read(path: Path) -> Table:
    try:
        return read_parquet(path, held=path.stem not in LARGE)
    except (pa.ArrowException, OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise InputError(f"{path}: not a table that aequa wrote ({error})") from error


def _plain(row: Row) -> Row:
    """The same row with None for every number that is not finite."""
    return {
        name: (known(value) if isinstance(value, float) else value) for name, value in row.items()
    }
