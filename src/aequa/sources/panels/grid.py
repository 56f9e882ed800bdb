"""Text and Parquet files to a grid: a header and typed columns, each row with its number."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from aequa.core.errors import FormatError, InputError
from aequa.sources import stream
from aequa.sources.panels.table import CellReject
from aequa.sources.panels.values import Column

IsHeader = Callable[[tuple[str, ...]], bool]
EXPECTED = (
    "expected columns of a country (iso3, Country Code, country …), an indicator, a year and a "
    "value, or a column per year or per indicator"
)
PREAMBLE = 30
"""How many lines may stand before the header."""

_LARGEST = 1 << 30
_DELIMITERS = ",;\t|"


class Grid(NamedTuple):
    """One table of a file."""

    file: str
    sheet: str | None
    header: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: npt.NDArray[np.int64]
    """The number of each row, as ``CellReject.row`` counts."""
    rejects: tuple[CellReject, ...] = ()
    """Rows that do not fit the header; each counts as one cell."""
    notes: tuple[str, ...] = ()


def read_text(path: Path, is_header: IsHeader) -> Grid:
    """The table in a CSV or TSV file; the delimiter and the header's line are found by content.

    Raises:
        InputError: the file is missing, empty, damaged, or has a header only.
        FormatError: no line among the first ``PREAMBLE`` is a header that ``is_header`` accepts.
    """
    text = _text(path)
    at, delimiter, header = _header(text, path, is_header)
    rest = "\n".join(text[at + 1 :])
    if not rest.strip():
        raise InputError(f"{path}: has a header and no rows, expected at least one")
    table, odd = _table(rest, delimiter, len(header), path)
    rows = np.setdiff1d(np.arange(1, table.num_rows + len(odd) + 1), [row for row, *_ in odd])
    columns = tuple(Column(column.combine_chunks()) for column in table.columns)
    lone = [text for _, cells, text in odd if cells == 1]
    notes = (
        (f"{len(lone)} lines of one cell are no rows, such as {lone[0][:80]!r}",) if lone else ()
    )
    return Grid(str(path), None, header, columns, rows, _ragged(odd, header, path), notes)


def _text(path: Path) -> list[str]:
    with stream.open_bytes(path) as raw:
        lines = list(stream.lines(raw, path))
    if not any(line.strip() for line in lines):
        raise InputError(f"{path}: is empty, expected a panel")
    if sum(map(len, lines)) > _LARGEST:
        raise InputError(f"{path}: is larger than {_LARGEST >> 20} MiB, expected Parquet or parts")
    return lines


def _header(lines: list[str], path: Path, is_header: IsHeader) -> tuple[int, str, tuple[str, ...]]:
    for at, line in enumerate(lines[:PREAMBLE]):
        for delimiter in _DELIMITERS:
            if delimiter in line and is_header(cells := _split(line, delimiter)):
                return at, delimiter, cells
    first = next(line for line in lines if line.strip())
    raise FormatError(f"{path}: found {first[:120]!r} and no header of a panel; {EXPECTED}")


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()


def _table(
    text: str, delimiter: str, width: int, path: Path
) -> tuple[pa.Table, list[tuple[int, int, str]]]:
    """The rows that fit the header, and number, cells and text of those that do not."""
    odd: list[tuple[int, int, str]] = []

    def refuse(row: pa_csv.InvalidRow) -> str:
        odd.append((row.number, row.actual_columns, row.text or ""))
        return "skip"

    names = [f"f{place}" for place in range(width)]
    raw = text.encode("utf-8", "replace")
    try:
        table = pa_csv.read_csv(
            io.BytesIO(raw),
            pa_csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names),
            pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse
            ),
            pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowException, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a table ({error})") from error
    return table, odd


def _ragged(
    odd: list[tuple[int, int, str]], header: tuple[str, ...], path: Path
) -> tuple[CellReject, ...]:
    return tuple(
        CellReject(
            str(path),
            None,
            row,
            header[0],
            f"row: found {cells} cells, expected {len(header)} as in the header",
        )
        for row, cells, _ in odd
        if cells > 1
    )


def read_parquet(path: Path, is_header: IsHeader) -> Grid:
    """The table in a Parquet file.

    Raises:
        InputError: the file cannot be read, unpacks without measure or has no rows.
        FormatError: ``is_header`` does not accept the names of its columns.
    """
    try:
        about = pq.read_metadata(path)
        size = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
        if size > max(1 << 24, 1000 * path.stat().st_size) or size > 4 * _LARGEST:
            raise InputError(f"{path}: unpacks to {size >> 20} MiB, which is not read")
        table = pq.read_table(path)
        header = tuple(table.column_names)
        if not is_header(header):
            raise FormatError(f"{path}: found columns {', '.join(header)[:200]}; {EXPECTED}")
        columns = tuple(_typed(column) for column in table.columns)
    except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not Parquet that can be read ({error})") from error
    if not table.num_rows:
        raise InputError(f"{path}: has columns and no rows, expected at least one")
    return Grid(str(path), None, header, columns, np.arange(1, table.num_rows + 1))


def _typed(column: pa.ChunkedArray) -> Column:
    whole = column.combine_chunks()
    kind = whole.type
    if pa.types.is_dictionary(kind):
        whole = whole.cast(kind.value_type)
        kind = whole.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        number = np.asarray(pc.cast(whole, pa.float64(), safe=False).to_numpy(False), float)
        return Column(pa.nulls(len(whole), pa.string()), number)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return Column(
            pa.array(
                [stream.decode(v) if v is not None else None for v in whole.to_pylist()],
                pa.string(),
            )
        )
    if pa.types.is_nested(kind):
        return Column(pa.nulls(len(whole), pa.string()))
    text = whole.cast(pa.string())
    return Column(text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text)


def texts(column: Column) -> pa.Array:
    """The cells as text; whole numbers without their decimals."""
    if column.number is None:
        return column.text
    shown = [_shown(number) for number in column.number]
    return pc.coalesce(column.text, pa.array(shown, pa.string()))


def _shown(number: float) -> str | None:
    if np.isnan(number):
        return None
    return (
        str(int(number)) if np.isfinite(number) and number == int(number) else repr(float(number))
    )
