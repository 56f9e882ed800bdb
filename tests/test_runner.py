from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

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


def sleep_long(batch: pa.RecordBatch) -> pa.RecordBatch:
    time.sleep(0.1)
    return pa.RecordBatch.from_pydict({"x": [os.getpid()]})


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


RUN = """
import sys
sys.path.insert(0, {folder!r})
from test_runner import batches, map_batches, sleep_long
if __name__ == "__main__":
    for batch in map_batches(sleep_long, batches(1000), 2):
        print(batch.column(0)[0], flush=True)
"""


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN.format(folder=str(Path(__file__).parent)))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        workers = {int(parent.stdout.readline()) for _ in range(4)}
        parent.kill()
    for _ in range(100):
        if not any(alive(worker) for worker in workers):
            return
        time.sleep(0.1)
    pytest.fail("a worker outlived its parent")


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
