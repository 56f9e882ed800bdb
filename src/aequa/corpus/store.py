"""The corpus on disk: write placed records, merge duplicates, compute impact, write the works.

DuckDB does what needs all rows (identifiers that occur twice, order, cells) within a memory limit
and a temporary directory beside the output; Python sees one batch at a time, and whole rows only
of records that are merged. The order of the output is that of each work's first record.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
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
from aequa.corpus.duplicates import MERGED, NUMBERED, find, merged
from aequa.corpus.impact import CELL, IMPACT
from aequa.corpus.shards import Rows, scan, starts

ROW_GROUP = 10_000
"""Rows per Parquet row group: about 10 MB of abstracts."""
_MEMORY = "100MB"
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
            self._flush(ROW_GROUP)

    def annotate(self, key: bytes, text: str) -> None:
        """Put a text into the metadata of the file."""
        self._file.add_key_value_metadata({key: text.encode()})

    def _flush(self, whole: int = 1) -> None:
        """Write what waits, but for rows that do not fill a group of ``whole`` rows.

        Groups then start at the same rows, and pages in them, however the batches were cut.
        """
        table = pa.Table.from_batches(self._waiting, schema=self._schema)
        end = table.num_rows // whole * whole
        for start in range(0, end, ROW_GROUP):
            rows = table.slice(start, min(ROW_GROUP, end - start)).combine_chunks()
            self._file.write_table(rows, row_group_size=ROW_GROUP)
        self._waiting = table.slice(end).to_batches()

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


def finish(placed: Sequence[Path], out: Path, rejected: int = 0) -> Counts:
    """Merge duplicates, compute impact and write the corpus.

    Args:
        placed: one or more Parquet files with the schema ``PLACED``, a row per record. How the
            records are split over the files changes nothing, their order decides that of works.
        out: where the corpus (schema ``WORKS``) goes; replaced only when all is done.
        rejected: how many records the readers rejected, for the books.

    Raises:
        AccountingError: the rows written do not add up to the rows read, or an id occurs twice.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in out.parent.glob(f".{out.name}.merging-*"):  # by a run that was killed
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=f".{out.name}.merging-", dir=out.parent) as scratch:
        folder = Path(scratch)
        aside = folder / "merged.parquet"
        with _connect(folder) as db, Writer(out, WORKS) as writer:
            read = _number(db, placed)
            duplicates = find(db, placed, folder)
            with Writer(aside, NUMBERED) as merging:
                for batch in merged(placed, duplicates, folder):
                    merging.append(batch)
            db.read_parquet(str(aside)).create_view("merged")
            _check_ids(db, out)
            folded = 0
            for batch in _works(db, placed, aside, duplicates.rows):
                writer.append(batch)
                folded += len(batch.column("merged").flatten())
            writer.annotate(_SHARED, json.dumps(duplicates.shared, sort_keys=True))
            counts = Counts(read + rejected, writer.rows, folded, rejected)
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
    for _, batch in scan([works], ["file"]):
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


def _number(db: duckdb.DuckDBPyConnection, placed: Sequence[Path]) -> int:
    """Make the view ``placed`` of all records with their running ``row``; how many there are.

    DuckDB numbers the rows of each file, so each file's first row is looked up.
    """
    first, names = starts(placed), [str(path) for path in placed]
    db.register("shards", pa.table({"filename": names, "start": first[:-1]}))
    files = db.read_parquet(names, file_row_number=True, filename=True)
    files.create_view("files")
    db.execute(
        "CREATE TEMP VIEW placed AS SELECT start + file_row_number AS row, files.*"
        " FROM files JOIN shards USING (filename)"
    )
    return first[-1]


def _works(
    db: duckdb.DuckDBPyConnection, placed: Sequence[Path], aside: Path, members: Rows
) -> Iterator[pa.RecordBatch]:
    """The corpus in order: rows that pass, merged rows in the place of their first, impact."""
    db.execute(_sql("cells.sql"))
    merged_rows = pq.read_table(aside, columns=["row"]).column("row").to_numpy()
    folded = _Slices(batch for _, batch in scan([aside]))
    for start, batch in scan(placed):
        end = start + batch.num_rows
        low, high = np.searchsorted(members, [start, end])
        passing = np.setdiff1d(np.arange(start, end), members[low:high], assume_unique=True)
        low, high = np.searchsorted(merged_rows, [start, end])
        kept = _alone(batch if len(passing) == batch.num_rows else batch.take(passing - start))
        if low < high:
            again = folded.take(int(high - low), NUMBERED).select(MERGED.names)
            order = np.argsort(np.concatenate([passing, merged_rows[low:high]]), kind="stable")
            kept = pa.concat_batches([kept, again]).take(order)
        impact = _impact(db, kept)
        columns = [(impact if name in IMPACT.names else kept).column(name) for name in WORKS.names]
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


def _impact(db: duckdb.DuckDBPyConnection, works: pa.RecordBatch) -> pa.RecordBatch:
    numbered = works.select(CELL.names).append_column("n", pa.array(np.arange(works.num_rows)))
    db.register("batch", numbered)
    found = db.sql(_sql("impact.sql")).to_arrow_table().cast(IMPACT).combine_chunks()
    db.unregister("batch")
    return next(iter(found.to_batches()), pa.RecordBatch.from_pylist([], schema=IMPACT))


@cache
def _sql(name: str) -> str:
    return files("aequa.corpus").joinpath(name).read_text("utf-8")


def _check_ids(db: duckdb.DuckDBPyConnection, out: Path) -> None:
    kept = "SELECT id FROM placed WHERE row NOT IN (FROM members) UNION ALL SELECT id FROM merged"
    twice = db.execute(
        f"SELECT id FROM ({kept}) WHERE hash(id) IN (SELECT hash(id) FROM ({kept})"
        " GROUP BY ALL HAVING count(*) > 1) GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 1"
    ).fetchone()
    if twice:
        raise AccountingError(f"{out}: two works go by the id {twice[0]}, expected one")
