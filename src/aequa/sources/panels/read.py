"""A file to a panel: its layout is found by content, whatever its name."""

from __future__ import annotations

import zlib
from pathlib import Path
from types import ModuleType

from aequa.core.errors import InputError
from aequa.sources import stream
from aequa.sources.panels import long, sdr, un_sdg, wide
from aequa.sources.panels.blocks import assemble
from aequa.sources.panels.grid import read_parquet, read_text
from aequa.sources.panels.sheets import is_workbook, read_sheets
from aequa.sources.panels.table import PanelRead

LAYOUTS: tuple[ModuleType, ...] = (un_sdg, long, wide)
"""In the order in which they are tried: each has ``sniff(header)`` and ``read(grid)``."""


def read(path: Path) -> PanelRead:
    """The panel in a CSV, TSV, Parquet or XLSX file (text also gzipped), with balanced books.

    Cells that cannot be used are among ``rejects`` with file, sheet, row and column.

    Raises:
        InputError: the file is missing, empty, damaged, or holds no value that can be used.
        FormatError: no header of a panel is found.
    """
    head = _head(path)
    if head.startswith(b"PAR1"):
        grids = [read_parquet(path, is_header)]
    elif head.startswith(b"PK") and is_workbook(path):
        if sdr.sniff(path):
            return sdr.read(path)
        grids = read_sheets(path, is_header)
    else:
        grids = [read_text(path, is_header)]
    return assemble([_layout(grid.header).read(grid) for grid in grids], str(path))


def is_header(header: tuple[str, ...]) -> bool:
    """Whether the names of columns are those of a panel in one of the layouts.

    >>> is_header(("Country Code", "Year", "GDP")), is_header(("title", "abstract"))
    (True, False)
    """
    return any(layout.sniff(header) for layout in LAYOUTS)


def _layout(header: tuple[str, ...]) -> ModuleType:
    return next(layout for layout in LAYOUTS if layout.sniff(header))


def _head(path: Path) -> bytes:
    try:
        with stream.open_bytes(path) as raw:
            head = raw.read(4)
    except (EOFError, zlib.error, OSError) as error:
        raise InputError(f"{path}: is cut off or damaged ({error})") from error
    if not head:
        raise InputError(f"{path}: is empty, expected a panel")
    return head
