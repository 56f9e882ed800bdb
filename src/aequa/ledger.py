"""The books of a run: what each file held, what was refused and why. Nothing goes unlisted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import orjson

from aequa.core.aside import aside
from aequa.core.works import Reject, Work


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


class Ledger:
    """Counts records per file as they pass and writes rejects and repairs as JSON lines.

    Each line holds ``file``, ``record`` (1-based; 0 for the file as a whole), ``status``
    (``rejected`` or ``repaired``), ``reason`` and ``excerpt``. The file is written aside and
    renamed on success; without rejects or repairs it is empty.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open = ExitStack()
        beside = self._open.enter_context(aside(path))
        self._stream = self._open.enter_context(beside.open("wb"))
        self._read: dict[str, int] = {}
        self._rejected: dict[str, int] = {}
        self._repaired: dict[str, int] = {}
        self._formats: dict[str, str] = {}
        self.first: Reject | None = None
        """The first record refused."""

    def accept(self, items: Iterable[Work | Reject]) -> Iterator[Work]:
        """Pass works on, and enter everything in the books."""
        for item in items:
            self._read[item.file] = self._read.get(item.file, 0) + 1
            if isinstance(item, Reject):
                self._rejected[item.file] = self._rejected.get(item.file, 0) + 1
                self.first = self.first or item
                self._write(item, "rejected", item.reason, item.excerpt)
                continue
            self._formats.setdefault(item.file, item.source)
            if item.repairs:
                self._repaired[item.file] = self._repaired.get(item.file, 0) + 1
                self._write(item, "repaired", "; ".join(item.repairs), item.title or "")
            yield item

    def _write(self, item: Work | Reject, status: str, reason: str, excerpt: str) -> None:
        line = {
            "file": item.file,
            "record": item.record,
            "status": status,
            "reason": reason,
            "excerpt": excerpt[:200],
        }
        self._stream.write(orjson.dumps(line) + b"\n")

    def tallies(self, kept: Mapping[str, int]) -> tuple[FileTally, ...]:
        """One tally per file in the order read; ``kept`` counts the corpus's works by file."""
        return tuple(
            FileTally(
                file=file,
                format=self._formats.get(file, "unreadable"),
                read=read,
                kept=kept.get(file, 0),
                merged=read - self._rejected.get(file, 0) - kept.get(file, 0),
                rejected=self._rejected.get(file, 0),
                repaired=self._repaired.get(file, 0),
            )
            for file, read in self._read.items()
        )

    @property
    def read(self) -> int:
        """Records met so far, over all files."""
        return sum(self._read.values())

    @property
    def rejected(self) -> int:
        """Records refused so far, over all files."""
        return sum(self._rejected.values())

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
