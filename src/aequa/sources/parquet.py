"""Parquet files to rows, a few at a time and only the columns that are wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from aequa.core.errors import InputError
from aequa.sources.stream import decode

_BATCH = 500
"""Rows of a file held at a time."""
_SMALL, _RATIO = 1 << 19, 100
"""A file may unpack to so many bytes, or to so many times its size: repeated text packs to less
than a thousandth, real text to a third."""


class Part(NamedTuple):
    """Which rows of a file to read: some of its row groups, or all."""

    first: int
    """How many rows come before."""
    groups: tuple[int, int] | None
    """Row groups, from and to before; None for all."""


WHOLE = Part(0, None)


def parts(path: Path, size: int) -> Iterator[Part]:
    """The file in parts of about ``size`` uncompressed bytes, cut between row groups.

    Raises:
        ArrowException, OSError: the file cannot be read.
    """
    about = pq.read_metadata(path)
    start = first = rows = held = 0
    for group in range(about.num_row_groups):
        one = about.row_group(group)
        if held and held + one.total_byte_size > size:
            yield Part(first, (start, group))
            start, first, held = group, rows, 0
        held += one.total_byte_size
        rows += one.num_rows
    yield Part(first, (start, about.num_row_groups))


def schema(path: Path, file: str) -> pa.Schema:
    """The schema of a Parquet file.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{file}: is not Parquet that can be read ({error})") from error


def rows(
    path: Path, file: str, wanted: Collection[str], part: Part = WHOLE
) -> Iterator[dict[str, Any]]:
    """Rows of a Parquet file as dicts with the columns of ``wanted`` that it has.

    Raises:
        InputError: the file cannot be read, or not to its end.
    """
    try:
        about = pq.read_metadata(path)
        groups = range(*part.groups) if part.groups else range(about.num_row_groups)
        _check_size(about, path.stat().st_size, file)
        with pq.ParquetFile(path) as table:
            have = [name for name in table.schema_arrow.names if name.lower() in wanted]
            names = [name.lower() for name in have]
            for batch in table.iter_batches(_BATCH, row_groups=list(groups), columns=have):
                columns = [_values(batch.column(batch.schema.names.index(n))) for n in have]
                yield from (_row(names, row) for row in zip(*columns, strict=True))
    except (pa.ArrowException, OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{file}: is not Parquet that can be read ({error})") from error


def _check_size(about: pq.FileMetaData, size: int, file: str) -> None:
    """Refuse what unpacks without measure; columns are not looked at one by one, because pyarrow
    26 ends the process where the description of a column is damaged."""
    unpacked = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    if unpacked > max(_SMALL, _RATIO * size):
        found = f"unpacks to {unpacked // size} times its size"
        raise InputError(f"{file}: {found}, expected at most {_RATIO}; it is not read")


def _values(column: pa.Array) -> list[Any]:
    """A column's values; bytes (text written without its type) as the text they spell."""
    return [decode(v) if isinstance(v, bytes) else v for v in column.to_pylist()]


def _row(names: list[str], values: tuple[Any, ...]) -> dict[str, Any]:
    """A row by column name; of names that differ only in case, the first value that is there."""
    row: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        if row.get(name) is None:
            row[name] = value
    return row
