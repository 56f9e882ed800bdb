"""Labels to a file people or programs read: JSON lines, CSV or Parquet, by the file's suffix."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from aequa.core.aside import aside
from aequa.core.cells import defused
from aequa.core.errors import SpecError
from aequa.core.works import LABELS

_GROUP = 10_000
"""Rows per Parquet row group: a query that reads a column of many small ones is slow."""
SUFFIXES = (".jsonl", ".csv", ".parquet")
_NAMES = (
    "id",
    "language",
    "ai",
    "ai_score",
    "goals",
    "goal_scores",
    "contributions",
    "contribution_scores",
    "evidence",
    "targets",
    "challenges",
    "areas",
    "second_reading",
)


def check_suffix(path: Path) -> None:
    """Refuse a name whose suffix names no format that labels can be written in.

    Raises:
        SpecError: naming the valid suffixes.
    """
    if path.suffix not in SUFFIXES:
        raise SpecError(f"{path}: expected a name ending in {', '.join(SUFFIXES)}")


def check_rejects(rejects: Path, others: Iterable[Path]) -> None:
    """Refuse to list rejects in a file that is read or written as something else.

    Raises:
        SpecError: naming the file.
    """
    if rejects.resolve() in {other.resolve() for other in others}:
        raise SpecError(f"{rejects}: is an input or the output, expected a file for rejects alone")


def write_labels(batches: Iterable[pa.RecordBatch], path: Path) -> int:
    """Write batches of the schema ``LABELS`` to ``path``, aside and renamed; the number of rows.

    Raises:
        SpecError: the suffix is none of ``SUFFIXES``.
    """
    check_suffix(path)
    write = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}[path.suffix]
    with aside(path) as beside, beside.open("wb") as stream:
        return write(batches, stream)


def _parquet(batches: Iterable[pa.RecordBatch], stream: IO[bytes]) -> int:
    rows, held = 0, list[pa.RecordBatch]()
    with pq.ParquetWriter(stream, LABELS, compression="zstd") as writer:
        for batch in chain(batches, [None]):
            if held and (batch is None or sum(each.num_rows for each in held) >= _GROUP):
                writer.write_table(pa.Table.from_batches(held))
                held = []
            if batch is not None:
                held.append(batch)
                rows += batch.num_rows
    return rows


def _jsonl(batches: Iterable[pa.RecordBatch], stream: IO[bytes]) -> int:
    rows = 0
    for row in _rows(batches):
        if row["scores"] is None:
            del row["scores"]
        stream.write(orjson.dumps(row) + b"\n")
        rows += 1
    return rows


def _csv(batches: Iterable[pa.RecordBatch], stream: IO[bytes]) -> int:
    text = io.TextIOWrapper(stream, "utf-8-sig", newline="", write_through=True)
    writer: Callable[[Sequence[Any]], Any] = csv.writer(text).writerow
    rows = 0
    for row in _rows(batches):
        scores = row["scores"] or ()
        if not rows:
            writer([*_NAMES, *(f"score_{goal}" for goal in range(1, len(scores) + 1))])
        writer([*_flat(row), *scores])
        rows += 1
    if not rows:
        writer(_NAMES)
    text.detach()
    return rows


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from (_rounded(row) for row in batch.to_pylist())


def _rounded(value: Any) -> Any:
    """Scores to four decimals: the fifth says nothing."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return value


def _flat(row: Mapping[str, Any]) -> list[Any]:
    """One work as spreadsheet cells; lists joined by ``;``, evidence of goals by `` | ``."""
    goals = row["goals"]
    return [
        defused(row["id"]),
        row["language"],
        row["ai"]["label"],
        row["ai"]["score"],
        ";".join(str(goal["goal"]) for goal in goals),
        ";".join(str(goal["score"]) for goal in goals),
        ";".join(f"{goal['goal']}:{goal['contribution']}" for goal in goals),
        ";".join(str(goal["contribution_score"]) for goal in goals),
        defused(" | ".join(phrase for goal in goals for phrase in goal["evidence"])),
        ";".join(code for goal in goals for code in goal["targets"] or ()),
        ";".join(part["name"] for part in row["challenges"]),
        ";".join(part["name"] for part in row["areas"]),
        row["second_reading"],
    ]
