"""Works of several records, found and merged on a cluster.

Spark finds the keys that occur twice. The driver holds two numbers for each record that shares
one, and of these makes groups (``corpus.suspects.components``); records go to executors by group,
where they are matched and merged in Python as on one machine, one group at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from importlib.resources import files
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from aequa.core.works import PLACED
from aequa.corpus.duplicates import MERGED, NUMBERED, one_work, placed_again
from aequa.corpus.match import CROWD, Record, match
from aequa.corpus.merge import Row
from aequa.corpus.rows import to_rows
from aequa.corpus.suspects import components
from aequa.runners.spark import BATCH, map_batches

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_GROUPS = pa.schema([("row", pa.int64()), ("group", pa.int64())])


def sql(name: str) -> str:
    """A statement that lies beside this file."""
    return files("aequa.cluster").joinpath(name).read_text("utf-8")


def suspects(spark: SparkSession, records: DataFrame) -> tuple[DataFrame, frozenset[str]]:
    """Rows that may not be works by themselves, with their ``group``, and the crowds' identifiers.

    ``records`` has ``row``, ``ids``, ``folded`` (the title's letters) and ``named`` (title key with
    author key).
    """
    records.createOrReplaceTempView("records")
    crowds = spark.sql(sql("crowds.sql").format(crowd=CROWD)).toArrow()
    spark.createDataFrame(crowds).createOrReplaceTempView("crowds")
    edges = spark.sql(sql("edges.sql")).toArrow()
    ends = (edges.column(name).to_numpy() for name in ("row", "low"))
    rows, left, right = _numbered(*ends)
    group = rows[components(len(rows), left, right)]
    groups = spark.createDataFrame(pa.table([rows, group], schema=_GROUPS))
    return groups, frozenset(crowds.column("identifier").to_pylist())


def _numbered(row: Any, low: Any) -> tuple[Any, Any, Any]:
    """The distinct rows in order, and both columns as places among them."""
    rows, place_of_row = np.unique(row, return_inverse=True)
    return rows, place_of_row, np.searchsorted(rows, low)


def merged(placed: DataFrame, groups: DataFrame, crowds: frozenset[str]) -> DataFrame:
    """The works that the records of ``groups`` make, as ``NUMBERED``."""
    some = placed.select("row", *PLACED.names).join(groups, "row")
    parts = int(placed.sparkSession.conf.get("spark.sql.shuffle.partitions", "200") or 200)
    ordered = some.repartition(parts, "group").sortWithinPartitions("group", "row")
    return map_batches(ordered, partial(_works, crowds=crowds), NUMBERED)


def _works(batches: Iterator[pa.RecordBatch], crowds: frozenset[str]) -> Iterator[pa.RecordBatch]:
    rows = (row for batch in batches for row in to_rows(batch))
    groups = groupby(rows, key=lambda row: row["group"])
    works = (work for _, members in groups for work in _of_group(list(members), crowds))
    while some := list(islice(works, BATCH)):
        yield from _batches(some)


def _of_group(members: Sequence[Row], crowds: frozenset[str]) -> Iterator[Row]:
    """The works of some records; one that has a work to itself passes as it is, but for its id."""
    records = [
        Record(tuple(row["ids"] or ()), row["title"], _author(row), row["year"]) for row in members
    ]
    found, refused = match(records, crowds)
    barred: dict[int, list[str]] = {}
    for identifier, places in refused.items():
        for at in places:
            barred.setdefault(at, []).append(identifier)
    for group in found:
        first = members[group[0]]
        if len(group) == 1 and group[0] not in barred:
            yield first
        else:
            rows = [members[at] | {"barred": barred.get(at, ())} for at in group]
            yield one_work(rows) | {"row": first["row"]}


def _author(row: Row) -> str | None:
    name: str | None = row["authorships"][0]["name"] if row["authorships"] else None
    return name


def _batches(works: Sequence[Row]) -> Iterator[pa.RecordBatch]:
    """Merged works placed again; those that pass as they are."""
    again = [work for work in works if "merged" in work]
    alone = [work for work in works if "merged" not in work]
    if again:
        yield placed_again(again)
    if alone:
        rows = [work | {"merged": [], "cited_by_rule": _only_count(work)} for work in alone]
        yield pa.RecordBatch.from_pylist(rows, schema=NUMBERED)


def _only_count(work: Row) -> str | None:
    """What ``cited_by_rule`` says of a record by itself."""
    known = work["cited_by"] is not None and work["source"] is not None
    return f"{work['source']} (only count)" if known else None


def alone(placed: DataFrame, groups: DataFrame) -> DataFrame:
    """The records of no group, which are works by themselves, as ``NUMBERED``."""
    passing = placed.join(groups, "row", "left_anti")
    rule = "CASE WHEN cited_by IS NOT NULL THEN concat(source, ' (only count)') END"
    return passing.selectExpr(
        *(f"`{name}`" for name in PLACED.names),
        "CAST(array() AS array<string>) AS merged",
        f"{rule} AS cited_by_rule",
        "row",
    ).select(*MERGED.names, "row")
