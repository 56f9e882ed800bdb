"""The corpus on disk: write placed records, merge duplicates, compute impact, write the works.

DuckDB does what needs all rows (identifiers that occur twice, order, cells) within a memory limit
and a temporary directory beside the output; Python sees one batch at a time, and whole rows only
of records that are merged. The order of the output is that of each work's first record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, NamedTuple, Self

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from aequa.core.errors import AccountingError
from aequa.core.works import PLACED, WORKS
from aequa.corpus.duplicates import BATCH, MERGED, NUMBERED, Rows, find, merged, scan
from aequa.corpus.impact import IMPACT

ROW_GROUP = 10_000
"""Rows per Parquet row group: about 10 MB of abstracts."""
_MEMORY = "400MB"
_SHARED = b"aequa.shared_ids"


class Counts(NamedTuple):
    """The books of one ingest: every record read was kept, merged into another, or rejected."""

    read: int
    kept: int
    merged: int
    rejected: int

    def check(self) -> None:
        """Check that the books balance.

        Raises:
            AccountingError: read ≠ kept + merged + rejected.

        >>> Counts(read=3, kept=1, merged=1, rejected=1).check()
        """
        if self.read != self.kept + self.merged + self.rejected:
            raise AccountingError(
                f"{self.read} records read, but {self.kept} kept, {self.merged} merged and "
                f"{self.rejected} rejected make {self.kept + self.merged + self.rejected}"
            )


class Writer:
    """Writes batches to one zstd Parquet file, aside as ``.tmp`` and renamed on success.

    A context manager: when its body fails or is interrupted, nothing is left behind.
    """

    def __init__(self, path: Path, schema: pa.Schema = PLACED) -> None:
        self.rows = 0
        """Rows appended so far."""
        self._path, self._schema = path, schema
        self._aside = path.with_name(path.name + ".tmp")
        self._waiting: list[pa.RecordBatch] = []

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = pq.ParquetWriter(self._aside, self._schema, compression="zstd")
        return self

    def append(self, batch: pa.RecordBatch) -> None:
        """Add the rows of one batch, whose schema is the file's."""
        self._waiting.append(batch)
        self.rows += batch.num_rows
        if sum(waiting.num_rows for waiting in self._waiting) >= ROW_GROUP:
            self._flush()

    def annotate(self, key: bytes, text: str) -> None:
        """Put a text into the metadata of the file."""
        self._file.add_key_value_metadata({key: text.encode()})

    def _flush(self) -> None:
        if self._waiting:
            table = pa.Table.from_batches(self._waiting, schema=self._schema)
            self._file.write_table(table, row_group_size=ROW_GROUP)
            self._waiting = []

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._flush()
            self._file.close()
            if kind is None:
                self._aside.replace(self._path)
        finally:
            self._aside.unlink(missing_ok=True)


def finish(placed: Path, out: Path, rejected: int = 0) -> Counts:
    """Merge duplicates, compute impact and write the corpus.

    Args:
        placed: Parquet file with the schema ``PLACED``, one row per accepted record.
        out: where the corpus (schema ``WORKS``) goes; replaced only when all is done.
        rejected: how many records the readers rejected, for the books.

    Raises:
        AccountingError: the rows written do not add up to the rows read, or an id occurs twice.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as scratch:
        aside = Path(scratch) / "merged.parquet"
        with _connect(Path(scratch)) as db, Writer(out, WORKS) as writer:
            duplicates = find(db, placed)
            with Writer(aside, NUMBERED) as merging:
                for batch in merged(placed, duplicates, Path(scratch)):
                    merging.append(batch)
            folded = 0
            for batch in _works(db, placed, aside, duplicates.rows):
                writer.append(batch)
                folded += len(batch.column("merged").flatten())
            _check_ids(db, placed, aside)
            writer.annotate(_SHARED, json.dumps(duplicates.shared, sort_keys=True))
            read = pq.read_metadata(placed).num_rows + rejected
            counts = Counts(read, writer.rows, folded, rejected)
            counts.check()
    return counts


def shared_ids(works: Path) -> dict[str, int]:
    """Identifiers that ``finish`` did not merge on, and how many records carry each.

    They stand on records of different works (the DOI of a whole proceedings, say); these works
    keep them among their ``ids`` but go by another ``id``.
    """
    text = (pq.read_metadata(works).metadata or {}).get(_SHARED, b"{}")
    found: dict[str, int] = json.loads(text)
    return found


def kept_by_file(works: Path) -> dict[str, int]:
    """How many works of the corpus each input file has the kept record of."""
    found: dict[str, int] = {}
    for _, batch in scan(works, ["file"]):
        for each in batch.column("file").value_counts().to_pylist():
            found[each["values"]] = found.get(each["values"], 0) + each["counts"]
    return found


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    settings: dict[str, Any] = {
        "memory_limit": _MEMORY,
        "threads": 1,  # no slower on 94,000 works, and 50 MB less at the peak
        "temp_directory": str(folder),
        "preserve_insertion_order": False,  # every query states its order
    }
    return duckdb.connect(config=settings)


def _works(
    db: duckdb.DuckDBPyConnection, placed: Path, aside: Path, members: Rows
) -> Iterator[pa.RecordBatch]:
    """The corpus in order: rows that pass, merged rows in the place of their first, impact."""
    impacts = _Slices(_impact(db, placed, aside))
    merged_rows = pq.read_table(aside, columns=["row"]).column("row").to_numpy()
    folded = _Slices(batch for _, batch in scan(aside))
    for start, batch in scan(placed):
        end = start + batch.num_rows
        low, high = np.searchsorted(members, [start, end])
        passing = np.setdiff1d(np.arange(start, end), members[low:high], assume_unique=True)
        low, high = np.searchsorted(merged_rows, [start, end])
        kept = pa.concat_batches(
            [
                _alone(batch.take(pa.array(passing - start))),
                folded.take(int(high - low), NUMBERED).select(MERGED.names),
            ]
        )
        order = np.argsort(np.concatenate([passing, merged_rows[low:high]]), kind="stable")
        works = kept.take(pa.array(order))
        impact = impacts.take(works.num_rows, IMPACT)
        columns = [(impact if name in IMPACT.names else works).column(name) for name in WORKS.names]
        yield pa.RecordBatch.from_arrays(columns, schema=WORKS)


def _alone(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A record that is a work by itself: nothing merged, its only citation count kept."""
    none = pa.array([[]] * batch.num_rows, type=MERGED.field("merged").type)
    only = pc.binary_join_element_wise(batch.column("source"), "(only count)", " ")
    rule = pc.if_else(pc.is_null(batch.column("cited_by")), pa.scalar(None, pa.string()), only)
    return pa.RecordBatch.from_arrays([*batch.columns, none, rule], schema=MERGED)


class _Slices:
    """Cuts a stream of batches into pieces of the sizes asked for."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._rest: pa.RecordBatch | None = None

    def take(self, size: int, schema: pa.Schema) -> pa.RecordBatch:
        parts: list[pa.RecordBatch] = []
        while size:
            batch = self._rest if self._rest is not None else next(self._batches)
            parts.append(batch.slice(0, size))
            self._rest = batch.slice(size) if batch.num_rows > size else None
            size -= parts[-1].num_rows
        empty = pa.RecordBatch.from_pylist([], schema=schema)
        return pa.concat_batches([part.cast(schema) for part in parts] or [empty])


def _impact(db: duckdb.DuckDBPyConnection, placed: Path, aside: Path) -> Iterator[pa.RecordBatch]:
    sql = files("aequa.corpus").joinpath("impact.sql").read_text("utf-8")
    found = db.sql(sql, params={"placed": str(placed), "merged": str(aside)})
    reader: pa.RecordBatchReader = found.to_arrow_reader(BATCH)
    yield from reader


def _check_ids(db: duckdb.DuckDBPyConnection, placed: Path, aside: Path) -> None:
    twice = db.execute(
        "SELECT id FROM (SELECT id FROM read_parquet($placed, file_row_number = true)"
        " WHERE file_row_number NOT IN (SELECT row FROM members)"
        " UNION ALL SELECT id FROM read_parquet($merged))"
        " GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 1",
        {"placed": str(placed), "merged": str(aside)},
    ).fetchone()
    if twice:
        raise AccountingError(f"{placed}: two works go by the id {twice[0]}, expected one")
