"""Files of any Hadoop file system (``file:``, ``hdfs:``, ``s3a:``), by the session's own access."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from aequa.core.errors import InputError, SpecError, one_line
from aequa.sources.stream import HEAD

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:/?")
GROUP_BYTES = 16 << 20
"""Bytes of a row group of what is written: what a reader holds at once."""
_MAGIC = re.compile(r"([\\{}\[\]*?])")
_GZIP = b"\x1f\x8b"


class File(NamedTuple):
    """One input file."""

    uri: str
    """What Spark calls it in rows: percent signs for what a URL may not hold."""
    path: str
    """What Spark is asked to read: a pattern that matches this file alone."""
    name: str
    """What it is called in records and messages: without a scheme if the user gave none."""
    argument: int
    """Which argument named it first."""


def find(spark: SparkSession, arguments: Sequence[str]) -> list[File]:
    """Files that arguments name: files, folders with all below them, patterns; sorted, once each.

    Names that begin with ``.`` or ``_`` are Spark's own and are left out.

    Raises:
        InputError: an argument names no file.
    """
    found: dict[str, File] = {}
    for number, argument in enumerate(arguments):
        files = sorted(_matches(spark, argument, number))
        if not files:
            raise InputError(f"{argument}: no such file, expected a file, a folder or a pattern")
        for file in files:
            found.setdefault(file.uri, file)
    return list(found.values())


def _matches(spark: SparkSession, argument: str, number: int) -> Iterator[File]:
    path = _path(spark, argument)
    system = _system(spark, path)
    below = "" if Path(argument).is_absolute() else f"{Path.cwd()}/"
    has_scheme = _SCHEME.match(argument) is not None
    found = [system.getFileStatus(path)] if system.exists(path) else system.globStatus(path)
    for each in found or ():
        for status in _below(system, each):
            uri, text = status.getPath().toUri(), status.getPath().toString()
            name = plain(text) if has_scheme else uri.getPath().removeprefix(below)
            pattern = _MAGIC.sub(r"\\\1", text)
            yield File(plain(uri.toString()), pattern, one_line(name), number)


def _below(system: Any, status: Any) -> Iterator[Any]:
    if not status.isDirectory():
        yield status
        return
    for each in system.listStatus(status.getPath()):
        if each.getPath().getName()[:1] not in (".", "_"):
            yield from _below(system, each)


def plain(uri: str) -> str:
    """A URI with one slash where Spark writes one or three.

    >>> plain("file:///a/b"), plain("hdfs://host/a")
    ('file:/a/b', 'hdfs://host/a')
    """
    return re.sub(r"^([a-z0-9+.-]+):///", r"\1:/", uri)


def head(spark: SparkSession, file: File) -> bytes:
    """The first bytes of a file, unzipped, at most ``HEAD``.

    Raises:
        InputError: the file is empty, damaged from the start, or gzipped under a name that hides
            it from Spark.
    """
    path = _path(spark, _java(spark).java.net.URI(file.uri))
    stream = _system(spark, path).open(path)
    try:
        raw = bytes(stream.readNBytes(HEAD))
    finally:
        stream.close()
    if raw[:2] == _GZIP and not file.uri.endswith(".gz"):
        raise InputError(f"{file.name}: is gzipped, expected a name ending in .gz")
    try:
        text = zlib.decompressobj(31).decompress(raw, HEAD) if raw[:2] == _GZIP else raw
    except zlib.error as error:
        raise InputError(f"{file.name}: is cut off or damaged ({error})") from error
    if not text:
        raise InputError(f"{file.name}: is empty, expected publication records")
    return text


@contextmanager
def staged(spark: SparkSession, *outs: str) -> Iterator[str]:
    """A folder for what is written between reading and the outputs, beside the first of these.

    It is on the cluster's file system, so that what is there outlives any executor; it goes when
    all is done, whatever the outcome.

    Raises:
        SpecError: an output exists; nothing is ever overwritten.
    """
    for out in outs:
        path, mark = _path(spark, out), _path(spark, f"{out}/_SUCCESS")
        if _system(spark, path).exists(path):
            whole = _system(spark, mark).exists(mark)
            why = "exists" if whole else "exists without _SUCCESS (an earlier run was broken off)"
            raise SpecError(f"{out}: {why}, expected a new name; delete it to use this one")
    folder = outs[0].rstrip("/") + ".tmp"
    path = _path(spark, folder)
    _system(spark, path).delete(path, True)
    try:
        yield folder
    finally:
        _system(spark, path).delete(path, True)


def write(frame: DataFrame, schema: pa.Schema, out: str) -> None:
    """The columns of a schema as Parquet files, whose rows together are in order of ``row``."""
    ordered = frame.orderBy("row").select(*schema.names)
    ordered.write.option("parquet.block.size", GROUP_BYTES).parquet(out)


def _java(spark: Any) -> Any:
    return spark.sparkContext._jvm  # PySpark has no other way to the file systems


def _path(spark: SparkSession, name: Any) -> Any:
    return _java(spark).org.apache.hadoop.fs.Path(name)


def _system(spark: Any, path: Any) -> Any:
    return path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
