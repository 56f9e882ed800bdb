"""Rejected and repaired records travel in the same frame as the works, in columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from aequa.core.errors import AccountingError
from aequa.core.works import Reject, Work

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ENTRY = pa.schema(
    [
        pa.field("row", pa.int64()),
        pa.field("entry_file", pa.string()),
        pa.field("entry_record", pa.int64()),
        pa.field("status", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("excerpt", pa.string()),
    ]
)
"""``status`` is ``rejected``, ``repaired`` or null; a rejected record has nothing but these."""


def entered(batch: pa.RecordBatch, rows: Sequence[int], works: Sequence[Work]) -> pa.RecordBatch:
    """A batch of what was made of works, with their entries."""
    repaired = [bool(work.repairs) for work in works]
    columns = [
        rows,
        [work.file for work in works],
        [work.record for work in works],
        ["repaired" if some else None for some in repaired],
        ["; ".join(work.repairs) if work.repairs else None for work in works],
        [(work.title or "")[:200] if work.repairs else None for work in works],
    ]
    return _with(batch.columns, batch.schema, columns)


def refused(schema: pa.Schema, rows: Sequence[int], items: Sequence[Reject]) -> pa.RecordBatch:
    """Rejected records as rows of a frame whose works have ``schema``."""
    columns = [
        rows,
        [item.file for item in items],
        [item.record for item in items],
        ["rejected"] * len(items),
        [item.reason for item in items],
        [item.excerpt[:200] for item in items],
    ]
    return _with([pa.nulls(len(items), field.type) for field in schema], schema, columns)


def _with(
    own: Sequence[pa.Array], schema: pa.Schema, columns: Sequence[Sequence[object]]
) -> pa.RecordBatch:
    entries = [pa.array(column, field.type) for column, field in zip(columns, ENTRY, strict=True)]
    return pa.RecordBatch.from_arrays([*own, *entries], schema=with_entries(schema))


def with_entries(schema: pa.Schema) -> pa.Schema:
    """The schema of what ``entered`` and ``refused`` give; all of it can be null."""
    return pa.schema([*(field.with_nullable(True) for field in schema), *ENTRY])


def check_read(found: int, counted: int, what: str) -> None:
    """Check that no record was lost, or read twice, on the way through the cluster.

    Raises:
        AccountingError: as many were counted in the files, but others came out.
    """
    if found != counted:
        raise AccountingError(f"{what}: {counted} records counted, but {found} read")


def write_rejects(frame: DataFrame, folder: str) -> None:
    """The rejected and repaired records as JSON lines, in order, with the keys of the ledger."""
    listed = frame.where("status IS NOT NULL").orderBy("row")
    listed.selectExpr(
        "entry_file AS file", "entry_record AS record", "status", "reason", "excerpt"
    ).write.json(folder)
