"""Map batch functions over a Spark cluster: the session, and ``mapInArrow`` with our schemas.

The functions are pure and go to the executors by name, so aequa must be installed there, in the
same version (docs/cluster.md). Spark runs a task again when an executor is lost; what a task wrote
before that is thrown away, so the outcome is the same.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from aequa import __version__
from aequa.core.errors import AequaError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BatchesFunction = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""Pure and picklable (a module-level function, or a ``functools.partial`` of one)."""
BATCH = 500
"""Rows that a task holds at once: the classifier keeps the words of all of them."""
SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    "spark.sql.execution.arrow.maxBytesPerBatch": str(32 << 20),
    "spark.sql.files.maxPartitionBytes": str(16 << 20),  # what a lost executor costs: one piece
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": str(32 << 20),
    "spark.sql.autoBroadcastJoinThreshold": str(32 << 20),
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",  # files may hold names that differ in case only
    "spark.sql.ansi.enabled": "true",
    "spark.sql.files.minPartitionNum": "16",  # else it is the executors of the moment
}
"""What differs from Spark's defaults; anything that the user has set (``spark-defaults.conf``,
``spark-submit --conf``) stands instead."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Set to 1 for Python on the executors: a task has one core."""
_CAUSE = re.compile(r"(Caused by)?: ").match
_NEEDS = "--runner needs Spark: pip install 'aequa[spark]'"


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A Spark session on ``master`` (``spark://…``, ``yarn``, ``k8s://…``, ``local[2]``).

    What Spark raises inside becomes one line.

    Raises:
        AequaError: Spark or Java is missing, the cluster cannot be reached, or a task failed.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise AequaError(f"{_NEEDS} ({error})") from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = None
    try:
        builder = SparkSession.builder.master(master).appName("aequa")
        spark = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
        _settle(spark)
        yield spark
    except (Py4JError, PySparkException) as error:
        raise AequaError(f"Spark on {master}: {_reason(str(error))}") from error
    finally:
        if spark is not None:
            spark.stop()


def _settle(spark: SparkSession) -> None:
    given = spark.sparkContext.getConf()
    for name, value in SETTINGS.items():
        if not given.contains(name):
            spark.conf.set(name, value)
    if not given.contains("spark.log.level"):
        spark.sparkContext.setLogLevel("ERROR")
    spark.sparkContext.environment.update(dict.fromkeys(_ONE_THREAD, "1"))


def _reason(trace: str) -> str:
    """The line of a trace that says what went wrong: what Python raised, else the last cause.

    >>> _reason("An error occurred\\n: a.b.C: outer\\n\\tat x\\nCaused by: a.b.D: inner\\n\\tat y")
    'a.b.D: inner'
    """
    lines = [line.strip() for line in trace.splitlines() if line.strip()]
    if any("No module named 'aequa'" in line for line in lines):
        return "aequa is not installed where the executors run (docs/cluster.md)"
    ours = [line for line in lines if line.startswith("aequa.core.errors.")]
    if ours:
        return ours[-1].partition(": ")[2]
    causes = [line.removeprefix("Caused by").removeprefix(":") for line in lines if _CAUSE(line)]
    return (causes or lines[:1] or ["failed without a message"])[-1].strip()


def map_batches(frame: DataFrame, function: BatchesFunction, schema: pa.Schema) -> DataFrame:
    """``function`` over each partition of ``frame`` as Arrow batches; the result has ``schema``."""
    with warnings.catch_warnings():
        # PySpark wants pandas installed whatever is mapped, and warns of 3; this makes no use of it
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        checked = partial(_at_version, version=__version__, function=function)
        return frame.mapInArrow(checked, spark_schema(frame.sparkSession, schema))


def _at_version(
    batches: Iterator[pa.RecordBatch], version: str, function: BatchesFunction
) -> Iterator[pa.RecordBatch]:
    if version != __version__:
        raise AequaError(f"the executors have aequa {__version__}, expected {version} as here")
    return function(batches)


def spark_schema(spark: SparkSession, schema: pa.Schema) -> Any:
    """An Arrow schema as Spark's."""
    return spark.createDataFrame(schema.empty_table()).schema
