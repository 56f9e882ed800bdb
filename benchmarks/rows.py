"""What was measured, kept in benchmarks/scaling.jsonl: one row for each case, the latest.

Each measurement is kept as soon as it is made, so that a run that is stopped loses only the case
it was in.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from aequa import __version__
from benchmarks.measure import Watched
from benchmarks.page import why

STORE = Path(__file__).parent / "scaling.jsonl"


class Row(NamedTuple):
    """One case: what was run on how many works, and what it took."""

    part: str
    what: str
    works: int
    seconds: float | None
    """None when it did not end well; ``note`` says how it ended."""
    cpu: float | None
    peak_mb: float | None
    written_mb: float | None
    folder_mb: float | None
    note: str
    command: str
    version: str
    date: str

    @property
    def key(self) -> tuple[str, str, int]:
        return self.part, self.what, self.works


def row(
    part: str, what: str, works: int, done: Watched, note: str, command: str, cap: str = ""
) -> Row:
    """The row of a command that was watched; ``cap`` says how much memory it was allowed."""
    taken = (done.cpu, done.peak_mb, done.written_mb, done.folder_mb)
    seconds: float | None = done.seconds
    if done.stopped:
        seconds, note = None, f"out of memory at {cap}, after {done.seconds:.0f} s"
    elif done.code:
        seconds, note = None, f"failed ({done.code}): {why(done.error)}"
    date = datetime.now(UTC).date().isoformat()
    return Row(part, what, works, seconds, *taken, note, command, __version__, date)


def kept(path: Path = STORE) -> list[Row]:
    """All rows, by part, what and number of works in the order they were first measured."""
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def keep(new: Row, path: Path = STORE) -> None:
    """Add a row in place of an earlier one of the same case; the file is never half written."""
    rows = {one.key: one for one in kept(path)}
    rows[new.key] = new
    aside = path.with_suffix(".tmp")
    aside.write_text("".join(json.dumps(_plain(one)) + "\n" for one in rows.values()), "utf-8")
    aside.replace(path)


def _plain(one: Row) -> dict[str, object]:
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in one._asdict().items()
    }
