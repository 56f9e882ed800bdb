"""Which placed records are one work, found and merged without holding the corpus in memory.

``suspects.py`` finds the groups of records that could be one work. They are dealt out to scratch
files with whole groups in each, matched there, and works of several records dealt out and merged
in the same way. What Python holds at once is a hand: ``HAND`` records for matching, ``DEAL`` for
merging, or one group (one work) where it is larger: about 1 kB per record matched, 5 kB merged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from aequa.core.works import PLACED, RAW, WORKS
from aequa.corpus.affiliations import place
from aequa.corpus.match import Record, match
from aequa.corpus.merge import Row, merge
from aequa.corpus.rows import to_rows
from aequa.corpus.shards import BATCH, Rows, deal, dealt, hands, scan
from aequa.corpus.suspects import NAMES, Suspects, first_authors, suspects

HAND = 20_000
"""Records that are matched at a time."""
DEAL = 10_000
"""Records that are merged at a time."""
MERGED = pa.schema([*PLACED, WORKS.field("merged"), WORKS.field("cited_by_rule")])
"""A placed work and what was merged into it."""
NUMBERED = MERGED.append(pa.field("row", pa.int64()))
"""The same with the row number of the work's first record."""
_TOUCHED = pa.schema(
    [("row", pa.int64()), ("first", pa.int64()), ("barred", pa.list_(pa.string()))]
)
_SEEN = pa.schema(
    [("row", pa.int64()), *((name, RAW.field(name).type) for name in ("ids", "title", "year"))]
).append(pa.field("author", pa.string()))
_MEMBERS = pa.schema([*RAW, *_TOUCHED])


class Duplicates(NamedTuple):
    """What ``find`` found (the rows also in the database, as the table ``members``)."""

    rows: Rows
    """Rows that do not simply pass through: in a work of several, or with a refused id."""
    first: Rows
    """For each of them the first row of its work."""
    barred: pa.Array
    """For each of them the identifiers that it may not go by."""
    shared: dict[str, int]
    """Identifiers of different works, and how many records carry each: not merged on."""


def find(db: duckdb.DuckDBPyConnection, shards: Sequence[Path], folder: Path) -> Duplicates:
    """Find the works of several records; leaves their rows in the table ``members``."""
    suspected = suspects(db, shards)
    hand = hands(suspected.first, HAND)
    shared: dict[str, int] = {}
    found = [
        _matched(dealt(path), suspected.crowds, shared)
        for path in deal(_seen(shards, suspected), hand, _SEEN, folder)
    ]
    touched = pa.Table.from_batches(found, _TOUCHED).sort_by("row").combine_chunks()
    db.register("found", touched.select(["row"]))
    db.execute("CREATE TEMP TABLE members AS SELECT row FROM found")
    db.unregister("found")
    row, first = (touched.column(name).to_numpy() for name in ("row", "first"))
    return Duplicates(row, first, _one(touched.column("barred")), shared)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _seen(shards: Sequence[Path], suspected: Suspects) -> Iterator[tuple[Rows, pa.RecordBatch]]:
    """What matching needs to know of the suspects, in order."""
    rows = suspected.rows
    for start, batch in scan(shards, ["ids", "title", "year", NAMES]) if len(rows) else ():
        low, high = np.searchsorted(rows, [start, start + batch.num_rows])
        if low < high:
            some = _taken(batch, rows[low:high] - start)
            columns = [rows[low:high], *(some.column(name) for name in ("ids", "title", "year"))]
            authors = pa.array(first_authors(some), pa.string())
            seen = pa.RecordBatch.from_arrays([*columns, authors], schema=_SEEN)
            yield np.arange(low, high), seen


def _taken(batch: pa.RecordBatch, at: Rows) -> pa.RecordBatch:
    return batch if len(at) == batch.num_rows else batch.take(pa.array(at))


def _matched(seen: pa.Table, crowds: frozenset[str], shared: dict[str, int]) -> pa.RecordBatch:
    """The rows of a hand that do not pass, as ``_TOUCHED``; counts refused ids in ``shared``."""
    rows: Rows = seen.column("row").to_numpy()
    records = [
        Record(tuple(row["ids"] or ()), row["title"], row["author"], row["year"])
        for batch in seen.to_batches(BATCH)
        for row in to_rows(batch)
    ]
    groups, refused = match(records, crowds)
    barred: dict[int, list[str]] = {}
    for identifier, places in refused.items():
        shared[identifier] = shared.get(identifier, 0) + len(places)
        for at in places:
            barred.setdefault(at, []).append(identifier)
    touched = [group for group in groups if len(group) > 1 or group[0] in barred]
    members = [at for group in touched for at in group]
    first = [group[0] for group in touched for _ in group]
    columns = [rows[members], rows[first], [barred.get(at, ()) for at in members]]
    return pa.RecordBatch.from_arrays(
        [pa.array(column, at.type) for column, at in zip(columns, _TOUCHED, strict=True)],
        schema=_TOUCHED,
    )


def merged(
    shards: Sequence[Path], duplicates: Duplicates, folder: Path
) -> Iterator[pa.RecordBatch]:
    """One placed row per work of several records, in order, with the ``row`` of the first.

    The records of a work can lie anywhere, so one pass deals them out to files in ``folder``, each
    with all records of about ``DEAL`` rows' worth of works; then each file fits in memory.
    """
    hand = hands(duplicates.first, DEAL)
    for path in deal(_members(shards, duplicates), hand, _MEMBERS, folder):
        works = groupby(_by_work(dealt(path)), key=lambda row: row["first"])
        yield from _in_batches(one_work(list(members)) | {"row": first} for first, members in works)


def _by_work(table: pa.Table) -> Iterator[Row]:
    """The rows of a hand, which come in order, with those of one work together."""
    order = np.argsort(table.column("first").to_numpy(), kind="stable")
    for start in range(0, len(order), BATCH):
        some = table.take(order[start : start + BATCH]).combine_chunks()
        for batch in some.to_batches():
            yield from to_rows(batch)


def _members(
    shards: Sequence[Path], duplicates: Duplicates
) -> Iterator[tuple[Rows, pa.RecordBatch]]:
    rows = duplicates.rows
    for start, batch in scan(shards, RAW.names) if len(rows) else ():
        low, high = np.searchsorted(rows, [start, start + batch.num_rows])
        if low < high:
            some = _taken(batch, rows[low:high] - start)
            added = [rows[low:high], duplicates.first[low:high], duplicates.barred[low:high]]
            columns = [*some.columns, *added]
            yield np.arange(low, high), pa.RecordBatch.from_arrays(columns, schema=_MEMBERS)


def _in_batches(works: Iterator[Row]) -> Iterator[pa.RecordBatch]:
    while waiting := list(islice(works, BATCH)):
        yield placed_again(waiting)


def one_work(members: Sequence[Row]) -> Row:
    """Merge, and go by the first identifier that is not refused (else by one made here).

    Args:
        members: rows of ``RAW`` with ``barred``, the identifiers that the work may not go by.
    """
    work = merge(members)
    barred = set().union(*(row["barred"] for row in members))
    own = [identifier for identifier in work["ids"] if identifier not in barred]
    if not own:
        text = "\x1f".join(map(str, (*work["ids"], work["title"], work["file"], work["record"])))
        own = [f"local:{hashlib.sha256(text.encode()).hexdigest()[:20]}"]
        work["ids"].append(own[0])
    return work | {"id": own[0]}


def placed_again(rows: Sequence[Row]) -> pa.RecordBatch:
    """Merged works as ``NUMBERED``: rows of ``RAW`` with ``merged``, ``cited_by_rule``, ``row``."""
    placed = place(pa.RecordBatch.from_pylist(rows, schema=RAW))
    more = [NUMBERED.field(name) for name in ("merged", "cited_by_rule", "row")]
    columns = [pa.array([row[at.name] for row in rows], type=at.type) for at in more]
    return pa.RecordBatch.from_arrays([*placed.columns, *columns], schema=NUMBERED)
