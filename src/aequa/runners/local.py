"""Map a batch function over batches on this machine: in order, bounded memory, any cores.

The function must be pure and picklable (a module-level function or a ``functools.partial`` of
one), so the outcome is the same for any number of workers.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

import pyarrow as pa

from aequa.core.errors import AequaError
from aequa.runners.processes import pool

BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


def cores() -> int:
    """Cores this process may use, at least one."""
    available = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    return len(available) if available else os.cpu_count() or 1


def map_batches(
    function: BatchFunction, batches: Iterable[pa.RecordBatch], workers: int
) -> Iterator[pa.RecordBatch]:
    """Yield ``function(batch)`` for each batch, in order; at most ``2 × workers`` are in flight.

    With one worker, or when there is only one batch, everything runs in this process.

    Raises:
        AequaError: a worker process was killed (often for want of memory).

    >>> batch = pa.RecordBatch.from_pydict({"x": [1]})
    >>> [out.num_rows for out in map_batches(lambda b: b, [batch], workers=1)]
    [1]
    """
    source = iter(batches)
    ahead = deque(islice(source, 2))
    if workers < 2 or len(ahead) < 2:
        yield from map(function, chain(ahead, source))
        return
    hands = pool(workers)
    try:
        yield from _windowed(hands, function, chain(ahead, source), 2 * workers)
    except BrokenProcessPool as error:
        raise AequaError("a worker process died, perhaps for want of memory") from error
    finally:
        hands.shutdown(cancel_futures=True)


def _windowed(
    hands: ProcessPoolExecutor,
    function: BatchFunction,
    batches: Iterable[pa.RecordBatch],
    window: int,
) -> Iterator[pa.RecordBatch]:
    pending: deque[Future[pa.RecordBatch]] = deque()
    for batch in batches:
        pending.append(hands.submit(function, batch))
        if len(pending) >= window:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
