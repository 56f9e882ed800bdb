"""What engines hand to each other and to the report: a table with its provenance.

Shares follow one form everywhere. A table of shares has the columns ``count`` (numerator),
``denominator`` (works for which the question could be answered), ``unknown`` (works for which it
could not), ``share`` = count / denominator, and ``low`` and ``high``, a 95 % interval. Counts are
doubles, since ties at a percentile and fractional counting make them fractional.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from aequa.core.aside import aside

SHARE_COLUMNS = ("count", "denominator", "unknown", "share", "low", "high")


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from: enough to compute it again."""

    step: str
    """Dotted name of the function that made it, e.g. ``evidence.headline``."""
    spec: dict[str, Any] = field(default_factory=dict)
    """The parameters of the step, JSON-serialisable."""
    inputs: dict[str, str] = field(default_factory=dict)
    """Name of each input and its SHA-256 digest."""
    seed: int | None = None
    version: str = ""


@dataclass(frozen=True)
class Table:
    """One result table: what it is called, what it says, and where it comes from."""

    name: str
    """File name without suffix: lower case, words joined by ``_``."""
    title: str
    """One sentence that says what the table shows."""
    data: pa.Table
    """Or, where there is a row per work and too many to hold, a ``pa.RecordBatchReader`` on the way
    to a file and ``Filed`` rows on the way back."""
    provenance: Provenance
    note: str = ""
    """How to read it: the denominator, the interval's method, what is missing."""


class Filed:
    """The rows of a Parquet file, read as they are asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        about = pq.read_metadata(path)
        self.num_rows: int = about.num_rows
        self.column_names: list[str] = about.schema.to_arrow_schema().names

    def to_batches(self, max_chunksize: int) -> Iterator[pa.RecordBatch]:
        """Batches of at most so many rows, in order."""
        with pq.ParquetFile(self._path) as file:
            yield from file.iter_batches(max_chunksize)


def write_parquet(table: Table, path: Path) -> None:
    """Write the table to ``path`` with title, note and provenance in the file's metadata."""
    about = {"title": table.title, "note": table.note, "provenance": asdict(table.provenance)}
    metadata = {b"aequa": json.dumps(about, sort_keys=True).encode()}
    with aside(path) as beside:
        if isinstance(table.data, pa.RecordBatchReader):
            schema = table.data.schema.with_metadata(metadata)
            with pq.ParquetWriter(beside, schema, compression="zstd") as writer:
                for batch in table.data:
                    writer.write_batch(batch)
        else:
            data = table.data.replace_schema_metadata(metadata)
            pq.write_table(data, beside, compression="zstd")


def read_parquet(path: Path, held: bool = True) -> Table:
    """Read a table that ``write_parquet`` wrote; its rows stay in the file unless ``held``."""
    about = json.loads((pq.read_schema(path).metadata or {})[b"aequa"])
    return Table(
        name=path.stem,
        title=about["title"],
        note=about["note"],
        data=pq.read_table(path).replace_schema_metadata(None) if held else Filed(path),
        provenance=Provenance(**about["provenance"]),
    )
