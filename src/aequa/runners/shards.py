"""Shards of a step on disk, each made once: by all cores, in order, through kills and failures.

A shard is a file named by its key, a digest of all that goes into it. It is written aside, renamed,
and then entered with its own digest in the shelf's manifest; what is not entered, or is not what
was entered, is made again. So a killed step loses at most the shards that were being made.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from aequa.core.aside import aside
from aequa.core.errors import AequaError
from aequa.core.provenance import digest
from aequa.runners.processes import pool

Make = Callable[[Any, Path], Any]
"""``make(argument, path)`` writes a shard to ``path`` and returns what the caller wants to know."""
_DIED = "a worker process died, perhaps for want of memory"


class Task(NamedTuple):
    """A shard to make: its key, and what it is made of (None where it is on the shelf)."""

    key: str
    argument: Any


class Made(NamedTuple):
    """What became of a task."""

    key: str
    path: Path
    fresh: bool
    """False for a shard that an earlier run had made."""
    value: Any
    """What ``make`` returned; None unless fresh."""
    failure: str | None
    """Why there is no shard: making it failed twice, the second time alone."""


class Shelf:
    """The shards of one step in one folder, with the manifest of those that are whole."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.tmp"):
            left.unlink()
        self._folder = folder
        self._manifest = folder / "manifest.jsonl"
        self._digests = self._entries()
        self._sound: set[str] = set()
        self._rewrite()

    def path(self, key: str) -> Path:
        """Where the shard of a key stands or will stand."""
        return self._folder / f"{key}.parquet"

    def has(self, key: str) -> bool:
        """Whether the shard is there, byte for byte as it was made."""
        if key not in self._sound:
            path, known = self.path(key), self._digests.get(key)
            if known is None or not path.is_file() or digest(path) != known:
                return False
            self._sound.add(key)
        return True

    def enter(self, key: str, sha256: str) -> None:
        """Record that a shard was made."""
        self._digests[key] = sha256
        self._sound.add(key)
        with self._manifest.open("a", encoding="utf-8") as stream:
            stream.write(_line(key, sha256))

    def keep(self, keys: Collection[str]) -> None:
        """Remove every shard but these, which are entered in the order given."""
        kept = {key: self._digests[key] for key in keys if key in self._digests}
        for path in self._folder.glob("*.parquet"):
            if path.stem not in kept:
                path.unlink()
        self._digests = kept
        self._rewrite()

    def _entries(self) -> dict[str, str]:
        """What the manifest says; a line that a kill cut off says nothing."""
        found: dict[str, str] = {}
        if self._manifest.is_file():
            for line in self._manifest.read_text("utf-8", "replace").splitlines():
                try:
                    entry = json.loads(line)
                    found[entry["shard"]] = entry["sha256"]
                except (ValueError, KeyError, TypeError):
                    continue
        return found

    def _rewrite(self) -> None:
        with aside(self._manifest) as beside:
            lines = "".join(_line(*entry) for entry in self._digests.items())
            beside.write_text(lines, encoding="utf-8")


def _line(key: str, sha256: str) -> str:
    return json.dumps({"shard": key, "sha256": sha256}) + "\n"


def make(shelf: Shelf, tasks: Iterable[Task], function: Make, workers: int) -> Iterator[Made]:
    """Make the shards that are not on the shelf, and yield all in the order of the tasks.

    At most ``2 × workers`` are in flight. ``function`` must be picklable; with one worker, or one
    task, it runs in this process. A shard whose function raises, or kills its process, is made once
    more alone; when that fails too it is reported as a failure and the rest goes on. Errors of
    aequa and of the system (a full disk) are no failures of one shard: they end the run.

    Raises:
        AequaError, OSError: as the function raised them.
    """
    source = iter(tasks)
    ahead = deque(islice(source, 2))
    hands = _Hands(function, workers if len(ahead) > 1 else 1)
    try:
        yield from _windowed(shelf, chain(ahead, source), hands)
    finally:
        hands.stop()


def _windowed(shelf: Shelf, tasks: Iterable[Task], hands: _Hands) -> Iterator[Made]:
    pending: deque[tuple[Task, Future[tuple[str, Any]] | None]] = deque()
    for task in tasks:
        job = None if shelf.has(task.key) else hands.start(task, shelf.path(task.key))
        pending.append((task, job))
        if len(pending) >= hands.window:
            yield _ended(shelf, *pending.popleft(), hands)
    while pending:
        yield _ended(shelf, *pending.popleft(), hands)


def _ended(shelf: Shelf, task: Task, job: Future[tuple[str, Any]] | None, hands: _Hands) -> Made:
    path = shelf.path(task.key)
    if job is None:
        return Made(task.key, path, False, None, None)
    try:
        sha256, value = hands.result(task, path, job)
    except _FailedError as error:
        return Made(task.key, path, True, None, str(error))
    shelf.enter(task.key, sha256)
    return Made(task.key, path, True, value, None)


class _FailedError(Exception):
    """A shard could not be made, with the reason."""


class _Hands:
    """Worker processes that can be lost; or this process, for one worker."""

    def __init__(self, function: Make, workers: int) -> None:
        self._function, self._workers = function, workers
        self._pool: ProcessPoolExecutor | None = None
        self.window = 2 * workers if workers > 1 else 1

    def start(self, task: Task, path: Path) -> Future[tuple[str, Any]]:
        """Start on a shard; with one worker it is made when its result is asked for."""
        if self._workers == 1:
            return Future()
        if self._pool is None:
            self._pool = pool(self._workers)
        try:
            return self._pool.submit(_make, self._function, task.argument, path)
        except BrokenProcessPool:
            self.stop()
            return self.start(task, path)

    def result(self, task: Task, path: Path, job: Future[tuple[str, Any]]) -> tuple[str, Any]:
        """Digest and value of a shard.

        Raises:
            _FailedError: it cannot be made.
        """
        try:
            if self._workers == 1:
                return _make(self._function, task.argument, path)
            return job.result()
        except (AequaError, OSError):
            raise
        except Exception:  # in the shard, or its process died, or one beside it did
            return self._alone(task, path)

    def _alone(self, task: Task, path: Path) -> tuple[str, Any]:
        self.stop()
        alone = pool(1)
        try:
            return alone.submit(_make, self._function, task.argument, path).result()
        except (AequaError, OSError):
            raise
        except BrokenProcessPool as error:
            raise _FailedError(_DIED) from error
        except Exception as error:
            raise _FailedError(f"{type(error).__name__}: {error}") from error
        finally:
            alone.shutdown(cancel_futures=True)

    def stop(self) -> None:
        """Let go of the processes; what they were given is lost and asked for again."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._pool = None


def _make(function: Make, argument: Any, path: Path) -> tuple[str, Any]:
    with aside(path) as beside:
        value = function(argument, beside)
        sha256 = digest(beside)
    return sha256, value
