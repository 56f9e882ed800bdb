"""The placed records: rows of many Parquet files, numbered through in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 2_000
"""Rows per batch that Python sees at once."""

Rows = npt.NDArray[np.int64]
"""Numbers of rows, ascending where nothing else is said."""


def scan(
    shards: Sequence[Path], columns: list[str] | None = None, size: int = BATCH
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches of ``size`` rows or less, each with the running number of its first row."""
    start = 0
    for shard in shards:
        with pq.ParquetFile(shard, pre_buffer=False) as file:  # else 30 MB more
            for batch in file.iter_batches(size, columns=columns, use_threads=False):
                yield start, batch
                start += batch.num_rows


def starts(shards: Sequence[Path]) -> list[int]:
    """The running number of the first row of each file, and at the end how many rows there are."""
    sizes = [pq.read_metadata(shard).num_rows for shard in shards]
    return [0, *np.cumsum(sizes, dtype=np.int64).tolist()]


def hands(first: Rows, size: int) -> Rows:
    """For each row a number from 0, so that rows with one ``first`` stay together.

    About ``size`` rows get the same number: at most ``size`` and the largest such group.

    >>> hands(np.array([0, 0, 2, 2, 2, 0]), 3)
    array([0, 0, 1, 1, 1, 0])
    """
    groups, place, sizes = np.unique(first, return_inverse=True, return_counts=True)
    if not len(groups):
        return np.empty(0, np.int64)
    numbers: Rows = ((np.cumsum(sizes) - sizes) // size)[place].astype(np.int64)
    return numbers


def deal(
    batches: Iterator[tuple[Rows, pa.RecordBatch]], hand: Rows, schema: pa.Schema, folder: Path
) -> list[Path]:
    """Deal rows out to one Arrow file per hand, in the order in which they come.

    Args:
        batches: rows with their places in ``hand``.
        hand: the number of the file that each row goes to.
        schema: of the batches.
        folder: where the files go.
    """
    paths = [folder / f"deal-{number}.arrow" for number in range(int(hand.max(initial=-1)) + 1)]
    with ExitStack() as stack:
        streams = [stack.enter_context(pa.ipc.new_stream(path, schema)) for path in paths]
        for places, batch in batches:
            numbers = hand[places]
            for number in np.unique(numbers):
                at = np.flatnonzero(numbers == number)
                some = batch if len(at) == len(numbers) else batch.take(pa.array(at))
                streams[number].write_batch(some)
    return paths


def dealt(path: Path) -> pa.Table:
    """The rows of one hand; the file is removed."""
    with pa.memory_map(str(path)) as file:
        table = pa.ipc.open_stream(file).read_all()
    path.unlink()
    return table
