"""Files to a corpus without duplicates on a cluster: ``aequa ingest --runner``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from aequa.cluster.books import check_read, entered, refused, with_entries, write_rejects
from aequa.cluster.files import staged, write
from aequa.cluster.merging import alone, merged, sql, suspects
from aequa.cluster.reading import Numbered, map_items
from aequa.core.errors import AccountingError, InputError
from aequa.core.works import PLACED, WORKS, Reject, Work, to_batch
from aequa.corpus import affiliations, fields
from aequa.corpus.match import author_key, fold, title_key
from aequa.corpus.store import Counts
from aequa.progress import Tell
from aequa.runners.spark import session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_KEYED = pa.schema([*PLACED, ("folded", pa.string()), ("named", pa.string())])
"""A placed record, the letters of its title, and title key with author key."""


def ingest(arguments: Sequence[str], out: str, rejects: str, master: str, tell: Tell) -> Counts:
    """Read files into one corpus, a folder of Parquet files of the schema ``WORKS``.

    ``rejects`` becomes a folder of JSON lines.

    Raises:
        InputError: a file is missing or of no format that is read here, or none holds a work.
        SpecError: ``out`` or ``rejects`` exists.
        AccountingError: read ≠ kept + merged + rejected, or an id occurs twice.
        AequaError: Spark is missing, cannot be reached, or a task failed.
    """
    with session(master) as spark, staged(spark, out, rejects) as staging:
        tell("reading", 0, None)
        made = map_items(spark, arguments, _placed, with_entries(_KEYED))
        made.frame.write.parquet(f"{staging}/placed")
        done = spark.read.parquet(f"{staging}/placed")
        read, refusals = done.selectExpr("count(*)", "count_if(id IS NULL)").collect()[0]
        check_read(read, made.records, out)
        tell("reading", read, read)
        write_rejects(done, rejects)
        if read == refusals:
            raise InputError(f"no usable record: reasons in {rejects}")
        tell("merging duplicates", 0, None)
        placed = done.where("id IS NOT NULL")
        groups, crowds = suspects(spark, placed.select("row", "ids", "folded", "named"))
        groups.write.parquet(f"{staging}/groups")
        groups = spark.read.parquet(f"{staging}/groups")
        merged(placed, groups, crowds).write.parquet(f"{staging}/merged")
        kept = alone(placed, groups).unionByName(spark.read.parquet(f"{staging}/merged"))
        tell("writing", 0, None)
        kept.createOrReplaceTempView("kept")
        write(spark.sql(sql("cells.sql")), WORKS, out)
        counts = _checked(spark.read.parquet(out), read, refusals, out)
        tell("writing", counts.kept, counts.kept)
    return counts


def _placed(items: Sequence[Numbered]) -> Iterator[pa.RecordBatch]:
    works = [(row, item) for row, item in items if isinstance(item, Work)]
    others = [(row, item) for row, item in items if isinstance(item, Reject)]
    if works:
        own = [work for _, work in works]
        batch = affiliations.place(fields.assign(to_batch(own)))
        keys = [[fold(work.title) for work in own], [_named(work) for work in own]]
        columns = [*batch.columns, *(pa.array(key, pa.string()) for key in keys)]
        keyed = pa.RecordBatch.from_arrays(columns, schema=_KEYED)
        yield entered(keyed, [row for row, _ in works], own)
    if others:
        yield refused(_KEYED, [row for row, _ in others], [item for _, item in others])


def _named(work: Work) -> str | None:
    title = title_key(work.title)
    author = author_key(work.authorships[0].name) if work.authorships else None
    return f"{title}\x1f{author}" if title and author else None


def _checked(works: DataFrame, read: int, rejected: int, out: str) -> Counts:
    """The books, if they balance and no id stands twice."""
    twice = works.groupBy("id").count().where("count > 1").limit(1).collect()
    if twice:
        raise AccountingError(f"{out}: two works go by the id {twice[0]['id']}, expected one")
    kept, folded = works.selectExpr("count(*)", "coalesce(sum(size(merged)), 0)").collect()[0]
    counts = Counts(read, kept, folded, rejected)
    counts.check()
    return counts
