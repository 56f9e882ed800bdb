"""XLSX workbooks to grids: every sheet that has the header of a panel."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa

from aequa.core.errors import FormatError, InputError
from aequa.sources.panels.grid import EXPECTED, PREAMBLE, Grid, IsHeader
from aequa.sources.panels.values import Column

_LARGEST = 1 << 30


def is_workbook(path: Path) -> bool:
    """Whether the file is a ZIP archive with a workbook inside."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_sheets(path: Path, is_header: IsHeader) -> list[Grid]:
    """One grid per sheet with a header that ``is_header`` accepts; other sheets are noted.

    Raises:
        InputError: the workbook cannot be read, or none of its sheets has rows.
        FormatError: no sheet has a header.
    """
    _check_size(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        found = [(str(sheet.title), _grid(sheet, path, is_header)) for sheet in book.worksheets]
        book.close()
    except (InputError, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part leads it to
        raise InputError(f"{path}: is not a workbook that can be read ({error!r})") from error
    grids = [grid for _, grid in found if grid is not None]
    if not grids:
        names = ", ".join(name for name, _ in found)
        raise FormatError(f"{path}: no sheet ({names}) has the header of a panel; {EXPECTED}")
    if not any(len(grid.rows) for grid in grids):
        raise InputError(f"{path}: has a header and no rows, expected at least one")
    skipped = tuple(f"sheet {name!r}: no header of a panel, not read" for name, g in found if not g)
    return [grids[0]._replace(notes=skipped), *grids[1:]]


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _LARGEST:
        raise InputError(f"{path}: unpacks to {size >> 20} MiB, which is not read")


def _grid(sheet: Any, path: Path, is_header: IsHeader) -> Grid | None:
    sheet.reset_dimensions()
    rows: Iterator[tuple[int, tuple[Any, ...]]] = enumerate(sheet.iter_rows(values_only=True), 1)
    for _, cells in islice(rows, PREAMBLE):
        header = tuple("" if cell is None else _text(cell) or "" for cell in cells)
        if is_header(header):
            return _filled(sheet, path, header, rows)
    return None


def _filled(
    sheet: Any, path: Path, header: tuple[str, ...], rows: Iterator[tuple[int, tuple[Any, ...]]]
) -> Grid:
    kept = [(n, cells) for n, cells in rows if any(cell is not None for cell in cells)]
    columns = []
    for place in range(len(header)):
        cells = [row[place] if place < len(row) else None for _, row in kept]
        columns.append(_column(cells))
    numbers = np.array([number for number, _ in kept], np.int64)
    return Grid(str(path), str(sheet.title), header, tuple(columns), numbers)


def _column(cells: list[Any]) -> Column:
    is_number = [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells]
    text = [None if n or c is None else _text(c) for c, n in zip(cells, is_number, strict=True)]
    number = [_number(c) if n else np.nan for c, n in zip(cells, is_number, strict=True)]
    return Column(pa.array(text, pa.string()), np.array(number, float))


def _number(cell: float) -> float:
    try:
        return float(cell)
    except OverflowError:
        return np.inf


def _text(cell: Any) -> str | None:
    """A cell as text: dates by their day, whole numbers without decimals."""
    if isinstance(cell, datetime.datetime | datetime.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() or None
