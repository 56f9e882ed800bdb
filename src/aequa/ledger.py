"""The books of a run: what each file held, what was refused and why. Nothing goes unlisted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import orjson
import pyarrow.parquet as pq

from aequa.core.aside import aside
from aequa.core.works import Reject, Work

BOOKS = b"aequa.books"
"""Where a shard keeps the books of its part, in the metadata of its file."""


class FileTally(NamedTuple):
    """What became of the records of one file: read = kept + merged + rejected."""

    file: str
    format: str
    read: int
    kept: int
    merged: int
    rejected: int
    repaired: int
    """Records kept with at least one impossible value set to unknown (not part of the sum)."""


class Books(NamedTuple):
    """What became of the records of one part of a file."""

    file: str
    format: str | None
    """None where no record was usable."""
    read: int
    rejected: int
    repaired: int
    lines: list[str]
    """One JSON line per refused or repaired record: ``file``, ``record`` (1-based; 0 for the file
    as a whole), ``status`` (``rejected`` or ``repaired``), ``reason`` and ``excerpt``."""

    def to_bytes(self) -> bytes:
        """The books as JSON."""
        return orjson.dumps(tuple(self))

    @classmethod
    def from_bytes(cls, raw: bytes) -> Books:
        """Books that ``to_bytes`` wrote.

        >>> books = Books("a.ris", "ris", 2, 0, 0, [])
        >>> Books.from_bytes(books.to_bytes()) == books
        True
        """
        return cls(*orjson.loads(raw))


def books_in(shard: Path) -> Books:
    """The books of the part that a shard was made of."""
    return Books.from_bytes(pq.read_metadata(shard).metadata[BOOKS])


class Account:
    """Keeps the books of one part of a file while its records pass."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._format: str | None = None
        self._read = self._rejected = self._repaired = 0
        self._lines: list[str] = []

    def accept(self, items: Iterable[Work | Reject]) -> Iterator[Work]:
        """Pass works on, and enter everything in the books."""
        for item in items:
            self._read += 1
            if isinstance(item, Reject):
                self._rejected += 1
                self._lines.append(_line(item, "rejected", item.reason, item.excerpt))
                continue
            self._format = self._format or item.source
            if item.repairs:
                self._repaired += 1
                self._lines.append(
                    _line(item, "repaired", "; ".join(item.repairs), item.title or "")
                )
            yield item

    def books(self) -> Books:
        """The books since they were last asked for."""
        found = Books(
            self._file, self._format, self._read, self._rejected, self._repaired, self._lines
        )
        self._read = self._rejected = self._repaired = 0
        self._lines = []
        return found


def unmade(file: str, first: int, reason: str) -> Books:
    """The books of a part of a file that could not be worked on, after ``first`` records."""
    why = f"the records from here to the next part of the file are left out: {reason}"
    return Books(file, None, 1, 1, 0, [_line(Reject(file, first + 1, why), "rejected", why, "")])


def _line(item: Work | Reject, status: str, reason: str, excerpt: str) -> str:
    line = {
        "file": item.file,
        "record": item.record,
        "status": status,
        "reason": reason,
        "excerpt": excerpt[:200],
    }
    return orjson.dumps(line).decode()


class Ledger:
    """Adds up books and writes their lines; the list is written aside and renamed on success."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open = ExitStack()
        beside = self._open.enter_context(aside(path))
        self._stream = self._open.enter_context(beside.open("w", encoding="utf-8"))
        self._files: dict[str, Books] = {}
        self.first: str | None = None
        """File and reason of the first record refused."""

    def enter(self, books: Books) -> None:
        """Enter the books of the next part."""
        old = self._files.get(books.file, Books(books.file, None, 0, 0, 0, []))
        self._files[books.file] = Books(
            books.file,
            old.format or books.format,
            old.read + books.read,
            old.rejected + books.rejected,
            old.repaired + books.repaired,
            [],
        )
        for line in books.lines:
            self._stream.write(line + "\n")
            if self.first is None and (entry := orjson.loads(line))["status"] == "rejected":
                self.first = f"{entry['file']}: {entry['reason']}"

    def tallies(self, kept: Mapping[str, int]) -> tuple[FileTally, ...]:
        """One tally per file in the order read; ``kept`` counts the corpus's works by file."""
        return tuple(
            FileTally(
                file=one.file,
                format=one.format or "unreadable",
                read=one.read,
                kept=kept.get(one.file, 0),
                merged=one.read - one.rejected - kept.get(one.file, 0),
                rejected=one.rejected,
                repaired=one.repaired,
            )
            for one in self._files.values()
        )

    @property
    def read(self) -> int:
        """Records met so far, over all files."""
        return sum(one.read for one in self._files.values())

    @property
    def rejected(self) -> int:
        """Records refused so far, over all files."""
        return sum(one.rejected for one in self._files.values())

    def __enter__(self) -> Ledger:
        """The ledger itself, ready to write."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Rename the list into place, or remove it when the run failed."""
        self._open.__exit__(kind, error, trace)
