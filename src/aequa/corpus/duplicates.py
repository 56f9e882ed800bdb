"""Which placed records are one work, found and merged without holding the corpus in memory.

DuckDB finds what occurs twice (identifiers, titles with first author); only the records that
collide are matched in Python, and only works of several records are merged there, in order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from aequa.core.works import PLACED, RAW, WORKS
from aequa.corpus.affiliations import place
from aequa.corpus.match import Record, author_key, match, title_key
from aequa.corpus.merge import Row, merge

BATCH = 2_000
"""Rows per batch that Python sees at once."""
DEAL = 20_000
"""Rows that are merged at a time: about 40 MB."""
MERGED = pa.schema([*PLACED, WORKS.field("merged"), WORKS.field("cited_by_rule")])
"""A placed work and what was merged into it."""
NUMBERED = MERGED.append(pa.field("row", pa.int64()))
"""The same with the row number of the work's first record."""
_KEYS = pa.schema([("row", pa.int64()), ("key", pa.string())])
_MEMBERS = pa.schema([("row", pa.int64()), ("first", pa.int64())])
_NAMES = "authorships.list.element.name"

Rows = npt.NDArray[np.int64]
"""Row numbers in the file of placed records, ascending."""


class Duplicates(NamedTuple):
    """What ``find`` found (also in the database, as the table ``members``)."""

    rows: Rows
    """Rows that do not simply pass through: in a work of several, or with a refused id."""
    first: Rows
    """For each of them the first row of its work."""
    refused: dict[int, set[str]]
    """Identifiers that a row may not go by."""
    shared: dict[str, int]
    """Identifiers of different works, and how many records carry each: not merged on."""


def find(db: duckdb.DuckDBPyConnection, placed: Path) -> Duplicates:
    """Find the works of several records; leaves their rows in the table ``members``."""
    db.register("found", pa.RecordBatchReader.from_batches(_KEYS, _keys(placed)))
    db.execute("CREATE TABLE keys AS SELECT * FROM found")
    suspects: Rows = db.execute(
        "SELECT DISTINCT row FROM keys WHERE key IN"
        " (SELECT key FROM keys GROUP BY key HAVING count(*) > 1) ORDER BY row"
    ).fetchnumpy()["row"]
    db.execute("DROP TABLE keys")
    groups, refused_ids = match(list(_records(placed, suspects)))
    refused: dict[int, set[str]] = {}
    for identifier, places in refused_ids.items():
        for at in places:
            refused.setdefault(int(suspects[at]), set()).add(identifier)
    found = [[int(suspects[at]) for at in group] for group in groups]
    touched = [rows for rows in found if len(rows) > 1 or rows[0] in refused]
    pairs = [{"row": row, "first": rows[0]} for rows in touched for row in rows]
    members = pa.Table.from_pylist(pairs, schema=_MEMBERS).sort_by("row")
    db.register("found", members)
    db.execute("CREATE TABLE members AS SELECT * FROM found")
    db.unregister("found")
    shared = {identifier: len(places) for identifier, places in refused_ids.items()}
    row, first = (members.column(name).to_numpy() for name in _MEMBERS.names)
    return Duplicates(row, first, refused, shared)


def scan(placed: Path, columns: list[str] | None = None) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches of a Parquet file, each with the number of its first row."""
    start = 0
    with pq.ParquetFile(placed) as file:
        for batch in file.iter_batches(BATCH, columns=columns, use_threads=False):
            yield start, batch
            start += batch.num_rows


def _keys(placed: Path) -> Iterator[pa.RecordBatch]:
    """What records can have in common: each identifier, and title with first author."""
    for start, batch in scan(placed, ["ids", "title", _NAMES]):
        ids = batch.column("ids")
        rows = pc.add(pc.cast(pc.list_parent_indices(ids), pa.int64()), start)
        yield pa.RecordBatch.from_arrays([rows, pc.list_flatten(ids)], schema=_KEYS)
        titles = batch.column("title").to_pylist()
        pairs = [
            (row, f"{title}\x1f{author}")
            for row, name, text in zip(
                range(start, start + len(titles)), _first_authors(batch), titles, strict=True
            )
            if (title := title_key(text)) and (author := author_key(name))
        ]
        columns = list(zip(*pairs, strict=True)) or [(), ()]
        arrays = [pa.array(column, type=at.type) for column, at in zip(columns, _KEYS, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=_KEYS)


def _first_authors(batch: pa.RecordBatch) -> list[str | None]:
    authorships = batch.column("authorships")
    some = pc.greater(pc.fill_null(pc.list_value_length(authorships), 0), 0)
    first = pc.list_element(
        pc.if_else(some, authorships, pa.scalar([{"name": None}], authorships.type)), 0
    )
    names: list[str | None] = pc.struct_field(first, "name").to_pylist()
    return names


def _records(placed: Path, rows: Rows) -> Iterator[Record]:
    """What matching needs to know of the given rows, in order."""
    if not len(rows):
        return
    for start, batch in scan(placed, ["ids", "title", "year", _NAMES]):
        low, high = np.searchsorted(rows, [start, start + batch.num_rows])
        some = batch.take(pa.array(rows[low:high] - start))
        ids, titles, years = (some.column(name).to_pylist() for name in ("ids", "title", "year"))
        for each in zip(ids, titles, _first_authors(some), years, strict=True):
            yield Record(tuple(each[0] or ()), *each[1:])


def merged(placed: Path, duplicates: Duplicates, folder: Path) -> Iterator[pa.RecordBatch]:
    """One placed row per work of several records, in order, with the ``row`` of the first.

    The records of a work can lie anywhere, so one pass deals them out to files in ``folder``, each
    with all records of about ``DEAL`` rows' worth of works; then each file fits in memory.
    """
    for deal in _deal(placed, duplicates, folder):
        with pa.memory_map(str(deal)) as file:
            table = (
                pa.ipc.open_stream(file)
                .read_all()
                .sort_by([("first", "ascending"), ("row", "ascending")])
            )
        rows = (row for batch in table.to_batches(BATCH) for row in batch.to_pylist())
        works = groupby(rows, key=lambda row: row["first"])
        yield from _in_batches(
            _work(list(members), duplicates.refused) | {"row": first} for first, members in works
        )
        deal.unlink()


def _deal(placed: Path, duplicates: Duplicates, folder: Path) -> list[Path]:
    rows, first = duplicates.rows, duplicates.first
    sizes = np.unique(first, return_counts=True)
    hand = ((np.cumsum(sizes[1]) - sizes[1]) // DEAL)[np.searchsorted(sizes[0], first)]
    schema = pa.schema([*PLACED, *_MEMBERS])
    paths = [folder / f"deal-{number}.arrow" for number in range(int(hand.max(initial=-1)) + 1)]
    with ExitStack() as stack:
        streams = [stack.enter_context(pa.ipc.new_stream(path, schema)) for path in paths]
        for start, batch in scan(placed):
            low, high = np.searchsorted(rows, [start, start + batch.num_rows])
            for number in np.unique(hand[low:high]):
                at = low + np.flatnonzero(hand[low:high] == number)
                some = batch.take(pa.array(rows[at] - start))
                numbers = [pa.array(rows[at]), pa.array(first[at])]
                streams[number].write_batch(
                    pa.RecordBatch.from_arrays([*some.columns, *numbers], schema=schema)
                )
    return paths


def _in_batches(works: Iterator[Row]) -> Iterator[pa.RecordBatch]:
    while waiting := list(islice(works, BATCH)):
        yield _placed_again(waiting)


def _work(members: list[Row], refused: dict[int, set[str]]) -> Row:
    """Merge, and go by the first identifier that is not refused (else by one made here)."""
    work = merge(members)
    barred = set().union(*(refused.get(row["row"], set()) for row in members))
    own = [identifier for identifier in work["ids"] if identifier not in barred]
    if not own:
        text = "\x1f".join(map(str, (*work["ids"], work["title"], work["file"], work["record"])))
        own = [f"local:{hashlib.sha256(text.encode()).hexdigest()[:20]}"]
        work["ids"].append(own[0])
    return work | {"id": own[0]}


def _placed_again(rows: list[Row]) -> pa.RecordBatch:
    placed = place(pa.RecordBatch.from_pylist(rows, schema=RAW))
    more = [NUMBERED.field(name) for name in ("merged", "cited_by_rule", "row")]
    columns = [pa.array([row[at.name] for row in rows], type=at.type) for at in more]
    return pa.RecordBatch.from_arrays([*placed.columns, *columns], schema=NUMBERED)
