"""Files to frames of raw records, and raw records to works, on the executors.

JSON lines (OpenAlex's or ours, plain or gzipped) and Parquet are read, by the readers of
``sources/``, so that a record is what it is on one machine. A record's ``row`` is the number of
its file, times ``PER_FILE``, plus its place in the file: the same whatever the partitions.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pyarrow as pa

from aequa.cluster.files import File, find, head, plain
from aequa.core.errors import AccountingError, FormatError, InputError
from aequa.core.works import WORKS, Reject, Work
from aequa.runners.spark import map_batches
from aequa.sources import documents, openalex_table, table
from aequa.sources.detect import is_parquet, text_format
from aequa.sources.pieces import LINED
from aequa.sources.read import delivered
from aequa.sources.stream import decode

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PER_FILE = 1 << 40
"""More than the records of any file."""
_BLANK = r"(?U)^[\s\x{FEFF}\x1c-\x1f]*$"
"""Lines that are no records, in Java's regular expressions."""
_OF_TEXT = ("id", "ids", "title", "abstract", "source")
"""Columns of a corpus that tell a work's name and text."""


class Read(NamedTuple):
    """What was made of the records of some files."""

    frame: DataFrame
    records: int
    """How many there are, counted apart."""


Numbered = tuple[int, Work | Reject]
"""A record with its ``row``."""
ItemsFunction = Callable[[Sequence[Numbered]], Iterator[pa.RecordBatch]]
"""What is done with some records; pure and picklable."""


class Known(NamedTuple):
    """What an executor must know of a file."""

    number: int
    name: str
    reader: str
    """The name of the format of its lines; empty for Parquet."""
    path: str


def map_items(
    spark: SparkSession,
    arguments: Sequence[str],
    function: ItemsFunction,
    schema: pa.Schema,
    texts_only: bool = False,
) -> Read:
    """``function`` over the records of all files, some at a time, as one frame.

    With ``texts_only`` of a corpus that aequa wrote only names and texts are read.

    Raises:
        InputError: a file is missing, empty, or neither JSON lines nor Parquet with works.
    """
    lined: dict[str, Known] = {}
    columned: dict[int, dict[str, Known]] = {}
    for number, file in enumerate(find(spark, arguments)):
        start = head(spark, file)
        if is_parquet(start):
            columned.setdefault(file.argument, {})[file.uri] = Known(
                number, file.name, "", file.path
            )
        else:
            lined[file.uri] = Known(number, file.name, _reader(file, start), file.path)
    found = [_of_lines(spark, lined, function, schema)] if lined else []
    for known in columned.values():
        found.append(_of_rows(spark, known, function, schema, texts_only))
    return reduce(_together, found)


def _together(left: Read, right: Read) -> Read:
    return Read(left.frame.unionByName(right.frame), left.records + right.records)


def _reader(file: File, start: bytes) -> str:
    """The name of the format of a file of lines."""
    path = Path(file.name)
    name = text_format(start, path).NAME
    if name not in LINED or not start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        raise FormatError(
            f"{file.name}: found a format that cannot be read in parts, expected JSON lines or"
            " Parquet; aequa ingest without --runner makes Parquet of it"
        )
    if not _one_a_line(start):
        raise FormatError(f"{file.name}: found JSON over several lines, expected one record a line")
    return name


def _one_a_line(start: bytes) -> bool:
    """Whether the first line is a record, or at least no sign that it is less or more than one."""
    first, end, _ = start.lstrip(b"\xef\xbb\xbf \r\n\t").partition(b"\n")
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        return not end or documents.are_lines(start)
    return isinstance(value, dict) and not isinstance(value.get("results"), list)


def _of_lines(
    spark: SparkSession, known: dict[str, Known], function: ItemsFunction, schema: pa.Schema
) -> Read:
    from pyspark.sql import functions as sql

    lines = spark.read.text([file.path for file in known.values()]).where(
        ~sql.col("value").rlike(_BLANK)
    )
    lines = lines.select(
        sql.col("_metadata.file_path").alias("uri"),
        sql.col("_metadata.file_block_start").alias("at"),
        sql.col("value").cast("binary").alias("value"),
    )
    counts = lines.groupBy("uri", "at").count().toArrow()
    made = partial(_lined, known=known, before=_before(counts), do=function)
    return Read(map_batches(lines, made, schema), sum(counts.column("count").to_pylist()))


def _before(counts: pa.Table) -> dict[tuple[str, int], int]:
    """How many records of its file come before each block that Spark reads apart."""
    found: dict[tuple[str, int], int] = {}
    passed: dict[str, int] = {}
    for row in counts.sort_by([("uri", "ascending"), ("at", "ascending")]).to_pylist():
        found[row["uri"], row["at"]] = passed.get(row["uri"], 0)
        passed[row["uri"]] = passed.get(row["uri"], 0) + row["count"]
    return found


def _lined(
    batches: Iterator[pa.RecordBatch],
    known: dict[str, Known],
    before: dict[tuple[str, int], int],
    do: ItemsFunction,
) -> Iterator[pa.RecordBatch]:
    block, number = ("", 0), 0
    for batch in batches:
        items: list[Numbered] = []
        for uri, at, line in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if block != (uri, at):
                block = (uri, at)
                if block not in before:
                    raise AccountingError(f"{uri}: was cut at {at}, where it was not when counted")
                number = before[block]
            number += 1
            file = known[plain(uri)]
            items.append((file.number * PER_FILE + number, _line(line, file, number)))
        yield from do(items)


def _line(line: bytes, file: Known, number: int) -> Work | Reject:
    return next(delivered(_on_line(line, file, number), Path(file.name), file.name, number - 1))


def _on_line(line: bytes, file: Known, number: int) -> Iterator[Work | Reject]:
    found = list(documents.of_lines(io.BufferedReader(io.BytesIO(line)), file.name))
    if len(found) == 1:
        yield LINED[file.reader].record(found[0], file.name, number)
    else:
        reason = f"record: found {len(found)} records on a line, expected one"
        yield Reject(file.name, number, reason, decode(line[:200]))


def _of_rows(
    spark: SparkSession,
    known: dict[str, Known],
    function: ItemsFunction,
    schema: pa.Schema,
    texts_only: bool,
) -> Read:
    from pyspark.sql import functions as sql

    frame = spark.read.option("mergeSchema", "true").parquet(
        *(file.path for file in known.values())
    )
    columns = {name: sql.col(f"`{name}`") for name in frame.columns}
    if texts_only and columns.keys() >= {*WORKS.names}:
        columns = {name: columns[name] for name in _OF_TEXT} | {
            "authorships": sql.array().cast("array<string>")
        }
    rows = frame.select(
        sql.col("_metadata.file_path").alias("uri"),
        sql.col("_metadata.row_index").alias("at"),
        sql.struct(*(column.alias(name) for name, column in columns.items())).alias("value"),
    )
    have = pa.schema(list(rows.limit(0).toArrow().schema.field("value").type))
    openalex_form = openalex_table.sniff_parquet(have)
    if not openalex_form and not table.sniff_parquet(have):
        name = next(iter(known.values())).name
        raise InputError(f"{name}: has the columns {have.names[:20]}, expected title or abstract")
    nested = openalex_table.is_nested(have) if openalex_form else None
    made = partial(_rowed, known=known, nested=nested, do=function)
    return Read(map_batches(rows, made, schema), frame.count())


def _rowed(
    batches: Iterator[pa.RecordBatch],
    known: dict[str, Known],
    nested: bool | None,
    do: ItemsFunction,
) -> Iterator[pa.RecordBatch]:
    """``nested`` is None for a table that is not OpenAlex's."""
    for batch in batches:
        items: list[Numbered] = []
        for uri, at, value in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            file = known[plain(uri)]
            made = _row(_lowered(value), file.name, at + 1, nested)
            work = next(delivered([made], Path(file.name), file.name, at))
            items.append((file.number * PER_FILE + at + 1, work))
        yield from do(items)


def _row(row: dict[str, Any], name: str, number: int, nested: bool | None) -> Work | Reject:
    if nested is None:
        return table.record(row, name, number)
    return openalex_table.record(row, name, number, nested)


def _lowered(row: dict[str, Any]) -> dict[str, Any]:
    """Names in lower case (of two, the value that is there) and bytes as the text they spell."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if found.get(name.lower()) is None:
            found[name.lower()] = decode(value) if isinstance(value, bytes) else value
    return found
