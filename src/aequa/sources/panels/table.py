"""What every reader of panels returns, and the last step they share: one value for each cell.

The books count cells that hold something: ``read == kept + merged + rejected``. Cells that say
themselves that nothing was observed (empty, ``..``, ``NA``) are counted apart as ``missing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.errors import AccountingError
from aequa.core.panel import CELLS, INDICATORS, Panel

PLACED = pa.schema(
    [
        *CELLS,
        pa.field("row", pa.int64()),
        pa.field("column", pa.string()),
        pa.field("sheet", pa.string()),
    ]
)
"""Cells as a reader found them, in any order and perhaps twice, with the place of each."""


@dataclass(frozen=True)
class CellReject:
    """Cells that could not be used, and why."""

    file: str
    sheet: str | None
    """The sheet of a workbook; None for other files."""
    row: int
    """The first row: of a sheet as printed at its margin, else the record after the header."""
    column: str
    reason: str
    """``field: found …, expected …``."""
    cells: int = 1
    """How many cells have this reason in this column; ``row`` is that of the first."""

    def __str__(self) -> str:
        sheet = f", sheet {self.sheet!r}" if self.sheet else ""
        more = f" ({self.cells} cells, this is the first)" if self.cells > 1 else ""
        return f"{self.file}{sheet}, row {self.row}, column {self.column!r}: {self.reason}{more}"


@dataclass(frozen=True)
class PanelRead:
    """A panel and what became of every cell of its file.

    Raises ``AccountingError`` unless ``read`` = cells of the panel + ``merged`` + rejected cells.
    """

    panel: Panel
    rejects: tuple[CellReject, ...]
    read: int
    """Cells that hold something."""
    merged: int
    """Cells that say again what another says."""
    missing: int = 0
    """Cells that hold nothing, or a sign for it; not among ``read``."""
    notes: tuple[str, ...] = ()
    """What was decided while reading, such as which mark separates decimals."""

    def __post_init__(self) -> None:
        kept, rejected = self.panel.cells.num_rows, self.rejected
        if self.read != kept + self.merged + rejected:
            books = f"{self.read} read, {kept} kept, {self.merged} merged, {rejected} rejected"
            raise AccountingError(f"cells of a panel: {books}; these do not add up")

    @property
    def rejected(self) -> int:
        """How many cells were rejected."""
        return sum(reject.cells for reject in self.rejects)


def grouped(rejects: Iterable[CellReject]) -> tuple[CellReject, ...]:
    """Rejects with the same sheet, column and reason as one that counts their cells."""
    found: dict[tuple[str, str | None, str, str], list[int]] = {}
    for one in rejects:
        counts = found.setdefault((one.file, one.sheet, one.column, one.reason), [one.row, 0])
        counts[0] = min(counts[0], one.row)
        counts[1] += one.cells
    return tuple(
        CellReject(file, sheet, row, column, reason, cells)
        for (file, sheet, column, reason), (row, cells) in found.items()
    )


def settle(
    placed: pa.Table,
    indicators: pa.Table,
    file: str,
    rejects: Sequence[CellReject] = (),
    missing: int = 0,
    notes: Sequence[str] = (),
) -> PanelRead:
    """The panel of cells that were found, each once: equal ones merged, of others the first kept.

    ``placed`` (``PLACED``) holds usable cells only: codes of countries, finite values; ``rejects``
    the ones already refused. ``indicators`` (``INDICATORS``) needs a row for every indicator, in
    any order; those without a cell are left out and noted. "First" means first in ``placed``.
    """
    order, first, starts = _runs(placed)
    sorted_cells = placed.take(pa.array(order))
    values = sorted_cells["value"].to_numpy()
    equal = values == values[starts]
    again = ~first & equal
    refused = np.flatnonzero(~first & ~equal)
    found = [_conflict(sorted_cells, int(at), int(starts[at]), file) for at in refused]
    kept = sorted_cells.filter(pa.array(first)).select(CELLS.names).combine_chunks()
    described, empty = _described(indicators, kept)
    return PanelRead(
        panel=Panel(kept.cast(CELLS), described),
        rejects=grouped([*rejects, *found]),
        read=placed.num_rows + sum(reject.cells for reject in rejects),
        merged=int(again.sum()),
        missing=missing,
        notes=(*notes, *(f"indicator {name}: holds no usable value, left out" for name in empty)),
    )


def indicator_rows(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A table ``INDICATORS`` from one mapping per indicator; what a mapping lacks is null.

    >>> indicator_rows([{"indicator": "b"}, {"indicator": "a", "goal": 3}])["goal"].to_pylist()
    [3, None]
    """
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=INDICATORS)
    return table.sort_by("indicator")


def _runs(
    placed: pa.Table,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """A stable order by country, indicator and year; which cells begin a run of the same; the
    place where each cell's run begins."""
    keys = [_ranks(placed["country"]), _ranks(placed["indicator"])]
    keys.append(np.asarray(placed["year"].to_numpy(), np.int64))
    order = np.lexsort(keys[::-1])
    first = np.ones(len(order), bool)
    if len(order):
        first[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    places = np.where(first, np.arange(len(order)), 0)
    return order, first, np.maximum.accumulate(places) if len(order) else places


def _ranks(names: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    distinct = pa.array(sorted(pc.unique(names).to_pylist()), pa.string())
    return np.asarray(pc.index_in(names, distinct).to_numpy(), np.int64)


def _conflict(cells: pa.Table, at: int, first: int, file: str) -> CellReject:
    here, before = (cells.slice(place, 1).to_pylist()[0] for place in (at, first))
    what = f"{here['country']}, {here['indicator']}, {here['year']}"
    where = f"row {before['row']}" + (f" of sheet {before['sheet']!r}" if before["sheet"] else "")
    reason = (
        f"value: found {here['value']!r} for {what}, expected {before['value']!r} as in {where}"
    )
    return CellReject(file, here["sheet"], here["row"], here["column"], reason)


def _described(indicators: pa.Table, cells: pa.Table) -> tuple[pa.Table, list[str]]:
    """The rows of indicators that have cells, sorted, and the names of the others."""
    used = pc.is_in(indicators["indicator"], pc.unique(cells["indicator"]))
    rest = indicators.filter(pc.invert(used))["indicator"].to_pylist()
    return indicators.filter(used).sort_by("indicator").cast(INDICATORS), rest
