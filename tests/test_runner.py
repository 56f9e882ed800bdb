from __future__ import annotations

import os
import time

import pyarrow as pa
import pytest

from aequa.core.errors import AequaError
from aequa.runners.local import cores, map_batches


def double(batch: pa.RecordBatch) -> pa.RecordBatch:
    values = batch.column(0).to_pylist()
    time.sleep(0.02 if values[0] % 3 == 0 else 0)  # later batches overtake earlier ones
    return pa.RecordBatch.from_pydict({"x": [2 * value for value in values]})


def die(batch: pa.RecordBatch) -> pa.RecordBatch:
    os._exit(9)


def refuse(batch: pa.RecordBatch) -> pa.RecordBatch:
    raise AequaError(f"no {batch.column(0)[0]}")


def batches(n: int) -> list[pa.RecordBatch]:
    return [pa.RecordBatch.from_pydict({"x": [i]}) for i in range(n)]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("n", [0, 1, 2, 11])
def test_order_is_kept_for_any_number_of_workers(n: int, workers: int) -> None:
    out = [batch.column(0)[0].as_py() for batch in map_batches(double, batches(n), workers)]
    assert out == [2 * i for i in range(n)]


def test_input_is_read_only_a_window_ahead() -> None:
    seen = 0

    def source() -> object:
        nonlocal seen
        for batch in batches(100):
            seen += 1
            yield batch

    stream = map_batches(double, source(), 2)  # type: ignore[arg-type]
    next(stream)
    assert seen <= 6
    stream.close()  # type: ignore[attr-defined]


def test_a_dead_worker_is_one_clear_error() -> None:
    with pytest.raises(AequaError, match="worker process died"):
        list(map_batches(die, batches(4), 2))


def test_an_error_in_a_worker_reaches_the_caller() -> None:
    with pytest.raises(AequaError, match="no 0"):
        list(map_batches(refuse, batches(4), 2))


def test_cores_counts_what_this_process_may_use() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
