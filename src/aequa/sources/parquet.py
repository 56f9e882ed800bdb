"""Parquet files to rows, a few at a time and only the columns that are wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from aequa.core.errors import InputError

_BATCH = 500
"""Rows of a file held at a time."""


def schema(path: Path, file: str) -> pa.Schema:
    """The schema of a Parquet file.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{file}: is not Parquet that can be read ({error})") from error


def rows(path: Path, file: str, wanted: Collection[str]) -> Iterator[dict[str, Any]]:
    """Rows of a Parquet file as dicts with the columns of ``wanted`` that it has.

    Raises:
        InputError: the file cannot be read, or not to its end.
    """
    try:
        with pq.ParquetFile(path) as table:
            have = [name for name in table.schema_arrow.names if name.lower() in wanted]
            names = [name.lower() for name in have]
            for batch in table.iter_batches(_BATCH, columns=have):
                columns = [batch.column(batch.schema.names.index(n)).to_pylist() for n in have]
                yield from (
                    dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)
                )
    except (pa.ArrowException, OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{file}: is not Parquet that can be read ({error})") from error
