"""Works to labels on a cluster: ``aequa classify --runner``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from aequa.classify.engine import Spec, classify_batch
from aequa.cluster.books import check_read, entered, refused, with_entries, write_rejects
from aequa.cluster.files import staged, write
from aequa.cluster.reading import Numbered, map_items
from aequa.core.errors import InputError
from aequa.core.works import LABELS, Reject, Work
from aequa.labelling import Labelled, texts
from aequa.progress import Tell
from aequa.runners.spark import session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def classify(
    arguments: Sequence[str], out: str, rejects: str, spec: Spec, master: str, tell: Tell
) -> tuple[Labelled, int]:
    """Label every record of the files, unmerged and in order, into a folder of Parquet files.

    What was done, and how many records were rejected.

    Raises:
        InputError: a file is missing or of no format that is read here, or none holds a work.
        SpecError: ``out`` or ``rejects`` exists.
        AequaError: Spark is missing, cannot be reached, or a task failed.
    """
    with session(master) as spark, staged(spark, out, rejects) as staging:
        tell("classifying", 0, None)
        made = map_items(
            spark, arguments, partial(_labelled, spec=spec), with_entries(LABELS), texts_only=True
        )
        made.frame.write.parquet(staging)
        done = spark.read.parquet(staging)
        counts, rejected = _counted(done)
        check_read(counts.works + rejected, made.records, out)
        tell("classifying", made.records, made.records)
        write_rejects(done, rejects)
        if not counts.works:
            raise InputError(f"no usable record: reasons in {rejects}")
        write(done.where("id IS NOT NULL"), LABELS, out)
    return counts, rejected


def _labelled(items: Sequence[Numbered], spec: Spec) -> Iterator[pa.RecordBatch]:
    works = [(row, item) for row, item in items if isinstance(item, Work)]
    others = [(row, item) for row, item in items if isinstance(item, Reject)]
    if works:
        labels = classify_batch(texts([work for _, work in works]), spec)
        yield entered(labels, [row for row, _ in works], [work for _, work in works])
    if others:
        yield refused(LABELS, [row for row, _ in others], [item for _, item in others])


def _counted(done: DataFrame) -> tuple[Labelled, int]:
    row = done.selectExpr(
        "count(id) AS works",
        "count_if(status = 'rejected') AS rejected",
        "count(second_reading) AS second",
        "count_if(second_reading = 'changed') AS changed",
    ).collect()[0]
    return Labelled(row["works"], row["second"], row["changed"]), row["rejected"]
