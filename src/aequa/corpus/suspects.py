"""Which records could be one work: those that share an identifier or title and author, in groups.

Keys are 64-bit hashes. Two keys under one hash only make a group larger than need be: ``match``
looks at the records themselves. DuckDB finds the keys that occur twice, out of core; here are held
16 bytes per record and shared key, and some 40 per suspect.

An identifier on over ``CROWD`` records with differing titles joins equal titles only (rule 1 of
``match.py``), so the group is not held together by it: the records of a proceedings under one DOI,
or of tables that all number their rows, are as many groups as titles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.corpus.match import CROWD, author_key, fold, title_key
from aequa.corpus.shards import Rows, scan

NAMES = "authorships.list.element.name"
_KEYS = pa.schema([("row", pa.int64()), ("named", pa.bool_()), ("key", pa.string())])
_CARRIED = pa.schema([("row", pa.int64()), ("identifier", pa.string()), ("title", pa.string())])


class Suspects(NamedTuple):
    """Records that may not be works by themselves."""

    rows: Rows
    first: Rows
    """For each of them the first row of its group."""
    crowds: frozenset[str]
    """Identifiers on over ``CROWD`` records with differing titles."""


def suspects(db: duckdb.DuckDBPyConnection, shards: Sequence[Path]) -> Suspects:
    """Find the groups; every record that carries one of ``crowds`` is in one, if alone."""
    db.register("found", pa.RecordBatchReader.from_batches(_KEYS, _keys(shards)))
    db.execute("CREATE TEMP TABLE keys AS SELECT row, named, hash(key) AS key FROM found")
    crowds = _split_crowds(db, shards)
    edges = db.execute(
        "SELECT keys.row, low FROM keys JOIN"
        " (SELECT key, min(row) AS low FROM keys GROUP BY key HAVING count(*) > 1) USING (key)"
        " UNION ALL SELECT row, row FROM carried"
    ).fetchnumpy()
    db.execute("DROP TABLE keys; DROP TABLE carried")
    db.unregister("found")
    rows, place = np.unique(edges["row"], return_inverse=True)
    low = np.searchsorted(rows, edges["low"])
    return Suspects(rows, rows[components(len(rows), place, low)], crowds)


def components(size: int, left: Rows, right: Rows) -> Rows:
    """The smallest member of each node's connected component, in a graph of ``size`` nodes.

    FastSV: Zhang, Azad & Hu (2020), "FastSV: a distributed-memory connected component algorithm
    with fast convergence", SIAM PP20, doi:10.1137/1.9781611976137.5.

    Args:
        size: how many nodes there are; they are numbered from 0.
        left: one end of each edge.
        right: the other end.

    >>> components(5, np.array([4, 3]), np.array([3, 1])).tolist()
    [0, 1, 2, 1, 1]
    """
    parent = np.arange(size)
    while True:
        above = parent[parent]
        nearer = above.copy()
        for one, other in ((left, right), (right, left)):
            np.minimum.at(nearer, parent[one], above[other])
            np.minimum.at(nearer, one, above[other])
        if np.array_equal(nearer, parent):
            return parent
        parent = nearer


def _keys(shards: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """What records can have in common: each identifier, and title with first author."""
    for start, batch in scan(shards, ["ids", "title", NAMES]):
        ids = batch.column("ids")
        carriers = pc.add(pc.cast(pc.list_parent_indices(ids), pa.int64()), start)
        texts = pc.list_flatten(ids)
        pairs = [
            (row, f"{title}\x1f{author}")
            for row, (name, text) in enumerate(
                zip(first_authors(batch).tolist(), texts_of(batch, "title"), strict=True), start
            )
            if (title := title_key(text)) and (author := author_key(name))
        ]
        rows = pa.array([row for row, _ in pairs], pa.int64())
        keys = pa.array([key for _, key in pairs], pa.string())
        named = np.repeat([True, False], [len(texts), len(keys)])
        columns = [pa.concat_arrays([carriers, rows]), named, pa.concat_arrays([texts, keys])]
        yield pa.RecordBatch.from_arrays(columns, schema=_KEYS)


def texts_of(batch: pa.RecordBatch, column: str) -> list[str | None]:
    """A column of strings as a list (ten times as fast as ``to_pylist``)."""
    texts: list[str | None] = batch.column(column).to_numpy(zero_copy_only=False).tolist()
    return texts


def first_authors(batch: pa.RecordBatch) -> Any:
    """The first author's name of each record as printed, or None; an array of objects."""
    authorships = batch.column("authorships")
    names = pc.struct_field(pc.list_flatten(authorships), "name")
    lengths = pc.fill_null(pc.list_value_length(authorships), 0).to_numpy()
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    return names.take(pa.array(starts, mask=lengths == 0)).to_numpy(zero_copy_only=False)


def _split_crowds(db: duckdb.DuckDBPyConnection, shards: Sequence[Path]) -> frozenset[str]:
    """Let identifiers of crowds join equal titles only; their carriers are left in ``carried``."""
    db.execute(
        f"CREATE TEMP TABLE heavy AS SELECT key FROM keys WHERE named GROUP BY key"
        f" HAVING count(*) > {CROWD}"
    )
    some = db.execute("SELECT count(*) FROM heavy").fetchall()[0][0] > 0
    found = _carried(shards) if some else iter(())
    db.register("found", pa.RecordBatchReader.from_batches(_CARRIED, found))
    db.execute(f"""
CREATE TEMP TABLE carried AS
SELECT row, identifier, CASE WHEN title <> '' THEN hash(title) END AS title FROM found
WHERE hash(identifier) IN (FROM heavy);
CREATE TEMP TABLE crowds AS
SELECT identifier FROM carried GROUP BY identifier
HAVING count(*) > {CROWD} AND count(DISTINCT title)
  + CASE WHEN starts_with(identifier, 'local:')
      AND NOT regexp_full_match(identifier, 'local:[0-9a-f]{{20}}')
    THEN count(*) - count(title) ELSE 0 END > 1;
DELETE FROM carried WHERE identifier NOT IN (FROM crowds);
DELETE FROM keys WHERE named AND key IN (SELECT hash(identifier) FROM crowds);
INSERT INTO keys SELECT row, true, hash(identifier, title) FROM carried WHERE title IS NOT NULL;
DROP TABLE heavy""")
    crowds = db.execute("FROM crowds").fetchall()
    db.execute("DROP TABLE crowds")
    return frozenset(identifier for (identifier,) in crowds)


def _carried(shards: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    for start, batch in scan(shards, ["ids", "title"]):
        ids = batch.column("ids")
        parents = pc.list_parent_indices(ids)
        titles = pa.array([fold(text) for text in texts_of(batch, "title")], pa.string())
        rows = pc.add(pc.cast(parents, pa.int64()), start)
        columns = [rows, pc.list_flatten(ids), titles.take(parents)]
        yield pa.RecordBatch.from_arrays(columns, schema=_CARRIED)
