"""What the encoder found in works, kept between runs by a digest of their text.

A file of SQLite in the user's cache directory. It saves time and decides nothing: a vector that
comes back is the one that reading the work again would give, and the classifier checks that it
belongs to its encoder. So whatever goes wrong here is told in one line, and the run goes on.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from aequa.core.works import VECTOR

LIMIT = 500_000_000
"""Bytes that the file may hold: some 200,000 works. The oldest go first."""
_FREED = 0.1
"""Part of the vectors that goes when the file is full."""
_PATIENCE = 2.0
"""Seconds to wait for another run that is writing."""
_AT_ONCE = 500
"""Keys asked for in one query."""


def location() -> Path | None:
    """Where vectors are kept; None when they are not.

    ``AEQUA_CACHE`` names another folder, or, when empty, switches this off.
    """
    named = os.environ.get("AEQUA_CACHE")
    if named is not None:
        return Path(named) / "vectors.sqlite" if named else None
    try:
        return _caches() / "aequa" / "vectors.sqlite"
    except RuntimeError:  # a user without a home
        return None


def _caches() -> Path:
    """The folder for caches by the rule of the platform."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path.home() / ".cache"


class Vectors:
    """The open file; ``None`` for a path means that nothing is known and nothing is kept."""

    def __init__(self, path: Path | None, limit: int = LIMIT) -> None:
        self._path = path
        self._limit = limit
        self._open: sqlite3.Connection | None = None
        self._given: deque[list[bytes]] = deque()
        if path is not None:
            with self._guarded():
                self._open = _connect(path)

    def attach(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with what is known of its texts, in the column ``VECTOR``."""
        titles, abstracts = (batch.column(name).to_pylist() for name in ("title", "abstract"))
        keys = [key(*text) for text in zip(titles, abstracts, strict=True)]
        self._given.append(keys)
        known: dict[bytes, bytes] = {}
        with self._guarded():
            known = self._known(keys)
        column = [known.get(one) for one in keys]
        return batch.append_column(VECTOR, pa.array(column, VECTOR.type))

    def detach(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch without the column ``VECTOR``, whose values are kept.

        Batches come back in the order in which they were attached.
        """
        found = zip(self._given.popleft(), batch.column(VECTOR.name).to_pylist(), strict=True)
        with self._guarded():
            self._keep([(one, vector) for one, vector in found if vector is not None])
        return batch.drop_columns([VECTOR.name])

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for first in range(0, len(keys) if self._open else 0, _AT_ONCE):
            some = keys[first : first + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, value FROM vectors WHERE key IN ({marks})"
            found.update(self._open.execute(query, some))  # type: ignore[union-attr]
        return {one: vector for one, vector in found.items() if isinstance(vector, bytes)}

    def _keep(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        if self._open is None or not pairs:
            return
        with self._open as change:
            change.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", pairs)
            if _bytes(change) > self._limit:
                change.execute(
                    "DELETE FROM vectors WHERE rowid <= (SELECT rowid FROM vectors ORDER BY rowid"
                    " LIMIT 1 OFFSET (SELECT CAST(count(*) * ? AS INTEGER) FROM vectors))",
                    [_FREED],
                )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever goes wrong inside ends the use of the file, not the run."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeError) as error:
            print(
                f"aequa: warning: {self._path} is not used ({error}); if it is damaged, delete it",
                file=sys.stderr,
            )
            self._close()

    def _close(self) -> None:
        if self._open is not None:
            with suppress(sqlite3.Error):
                self._open.close()
        self._open = None

    def __enter__(self) -> Vectors:
        """The open file itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._close()


def key(title: str | None, abstract: str | None) -> bytes:
    """A digest of what is read of a work.

    >>> key("a", "b") == key("a", "b") != key("ab", "")
    True
    """
    text = f"{title or ''}\0{abstract or ''}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        opened.execute("PRAGMA synchronous = NORMAL")
        opened.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB)")
    except sqlite3.Error:
        opened.close()
        raise
    return opened


def _bytes(opened: sqlite3.Connection) -> int:
    """Bytes in use; what was deleted is used again before the file grows."""
    size, pages, free = (
        int(opened.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "page_count", "freelist_count")
    )
    return size * (pages - free)
